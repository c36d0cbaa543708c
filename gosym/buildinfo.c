// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Build information, as debug/buildinfo reads it. The block starts with a magic and is 16-byte aligned in a
 * writable segment; byte 14 is the pointer size, byte 15 flags: bit 0 big endian, bit 1 set since Go 1.18,
 * when the two strings follow inline at +32 instead of behind pointers at +16. The second string is
 * runtime.modinfo, wrapped in two 16-byte marks, with lines as of runtime/debug.(*BuildInfo).String.
 */
#include "config.h"

#include <elf.h>
#include <string.h>

#include "gosym/buildinfo.h"
#include "gosym/vec.h"

#define MAGIC "\xff Go buildinf:"
#define MAGIC_SIZE 14
#define ALIGN 16
#define INLINE_OFFSET 32
enum { FLAG_BIG_ENDIAN = 1, FLAG_INLINE = 2 };

/* Build info is a few kB; a longer claim is damage. */
#define MAX_STRING ((uint64_t)16 << 20)

struct text { const char *s; size_t len; };

/* ---- finding ---- */

static bool scan_segment(struct elf_file *e, const struct elf_segment *s, struct bytes *ret)
{
	struct bytes b;

	if (!elf_bytes_at(e, s->vaddr, &b))
		return false;
	for (size_t pos = 0; b.size - pos >= INLINE_OFFSET;) {
		const uint8_t *hit = memmem(b.data + pos, b.size - pos, MAGIC, MAGIC_SIZE);

		if (!hit)
			return false;
		pos = (size_t)(hit - b.data);
		if (!((b.addr + pos) % ALIGN))
			return bytes_sub(&b, pos, b.size - pos, ret);
		pos++;
	}
	return false;
}

static bool find_block(struct elf_file *e, struct bytes *ret)
{
	const struct elf_section *s = elf_section_find(e, ".go.buildinfo");

	if (s && elf_bytes_at(e, s->addr, ret) && ret->size >= INLINE_OFFSET && !memcmp(ret->data, MAGIC, MAGIC_SIZE))
		return true;
	for (size_t i = 0; i < elf_segment_count(e); i++) {
		const struct elf_segment *seg = elf_segment_at(e, i);

		if (seg->type == PT_LOAD && seg->filesz && seg->flags & PF_W && scan_segment(e, seg, ret))
			return true;
	}
	return false;
}

/* ---- the two strings ---- */

static bool inline_string(struct cursor *c, struct text *ret)
{
	uint64_t len = cursor_uvarint(c);

	if (c->failed || len > MAX_STRING)
		return false;
	ret->s = (const char *)cursor_bytes(c, len);
	ret->len = len;
	return ret->s;
}

/* A Go string variable: pointer, length. */
static bool string_at(struct elf_file *e, uint64_t addr, struct text *ret)
{
	uint64_t data, len;
	struct bytes b;

	if (!elf_ptr_at(e, addr, &data) || !elf_ptr_at(e, addr + elf_ptr_size(e), &len) || len > MAX_STRING)
		return false;
	if (!len) {
		*ret = (struct text){ "", 0 };
		return true;
	}
	if (!elf_bytes_at(e, data, &b) || len > b.size)
		return false;
	*ret = (struct text){ (const char *)b.data, len };
	return true;
}

static bool read_strings(struct elf_file *e, const struct bytes *block, struct text *version, struct text *mod)
{
	uint8_t flags = block->data[MAGIC_SIZE + 1];
	struct cursor c = cursor_at(block, INLINE_OFFSET);
	uint64_t header;

	if (flags & FLAG_INLINE) {
		if (!inline_string(&c, version))
			return false;
		if (!inline_string(&c, mod))
			mod->len = 0;
		return true;
	}
	if (!elf_ptr_at(e, block->addr + 16, &header) || !string_at(e, header, version))
		return false;
	if (!elf_ptr_at(e, block->addr + 16 + elf_ptr_size(e), &header) || !string_at(e, header, mod))
		mod->len = 0;
	return true;
}

/* ---- lines ---- */

static bool cut(struct text *rest, char sep, struct text *ret)
{
	const char *end = rest->len ? memchr(rest->s, sep, rest->len) : NULL;

	if (!rest->len)
		return false;
	*ret = (struct text){ rest->s, end ? (size_t)(end - rest->s) : rest->len };
	rest->s += ret->len + (end ? 1 : 0);
	rest->len -= ret->len + (end ? 1 : 0);
	return true;
}

static char *dup_text(struct arena *a, struct text t)
{
	return arena_strndup(a, t.s, t.len);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static char *put_utf8(char *out, uint32_t rune)
{
	if (rune < 0x80) {
		*out++ = (char)rune;
	} else if (rune < 0x800) {
		*out++ = (char)(0xc0 | rune >> 6);
		*out++ = (char)(0x80 | (rune & 0x3f));
	} else {
		if (rune < 0x10000) {
			*out++ = (char)(0xe0 | rune >> 12);
		} else {
			*out++ = (char)(0xf0 | (rune >> 18 & 7));
			*out++ = (char)(0x80 | (rune >> 12 & 0x3f));
		}
		*out++ = (char)(0x80 | (rune >> 6 & 0x3f));
		*out++ = (char)(0x80 | (rune & 0x3f));
	}
	return out;
}

/* One escape of strconv.Quote after the backslash. Never longer than its spelling. */
static char *unescape(char *out, const char **s, const char *end)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	const char *known = memchr(from, **s, sizeof(from) - 1);
	int digits = **s == 'x' ? 2 : **s == 'u' ? 4 : **s == 'U' ? 8 : 0;
	bool byte = **s == 'x';
	uint32_t rune = 0;

	if (!digits) {
		*out++ = known ? to[known - from] : **s;
		(*s)++;
		return out;
	}
	for ((*s)++; digits && *s < end && hex_digit(**s) >= 0; digits--, (*s)++)
		rune = rune << 4 | (uint32_t)hex_digit(**s);
	if (!byte)
		return put_utf8(out, rune);
	*out++ = (char)rune;
	return out;
}

/* strconv.Unquote of a leading quoted string; *rest is what follows it. Unquoted text: up to stop. */
static char *take_word(struct arena *a, struct text *rest, char stop)
{
	const char *s = rest->s, *end = s + rest->len;
	char quote = rest->len ? *s : 0;
	struct text plain = { "", 0 };
	char *out, *p;

	if (quote != '"' && quote != '`') {
		const char *at = stop ? memchr(s, stop, rest->len) : NULL;

		plain = (struct text){ s, at ? (size_t)(at - s) : rest->len };
		*rest = (struct text){ s + plain.len, rest->len - plain.len };
		return dup_text(a, plain);
	}
	out = p = arena_alloc(a, rest->len + 1);
	if (!out)
		return NULL;
	for (s++; s < end && *s != quote;) {
		if (*s != '\\' || quote == '`') {
			*p++ = *s++;
		} else if (++s < end) {
			p = unescape(p, &s, end);
		}
	}
	s += s < end;
	*rest = (struct text){ s, (size_t)(end - s) };
	return out;
}

struct parser {
	struct arena *arena;
	struct buildinfo *info;
	VEC(struct gosym_module) deps;
	VEC(struct gosym_setting) settings;
};

static bool parse_setting(struct parser *p, struct text line)
{
	struct gosym_setting *s = vec_append(&p->settings);

	if (!s)
		return false;
	s->key = take_word(p->arena, &line, '=');
	if (line.len)			/* the '=' */
		line = (struct text){ line.s + 1, line.len - 1 };
	s->value = take_word(p->arena, &line, 0);
	return s->key && s->value;
}

static bool parse_module(struct parser *p, struct text line, const char **path, const char **version)
{
	struct text word = { "", 0 };

	cut(&line, '\t', &word);
	*path = dup_text(p->arena, word);
	word.len = 0;
	cut(&line, '\t', &word);
	*version = word.len ? dup_text(p->arena, word) : NULL;
	return *path && (!word.len || *version);
}

/* "=>" tells what replaced the dependency of the line before. */
static bool parse_replacement(struct parser *p, struct text line)
{
	const char *path, *version;

	if (!p->deps.num)
		return true;
	if (!parse_module(p, line, &path, &version))
		return false;
	if (version)
		path = arena_printf(p->arena, "%s@%s", path, version);
	p->deps.data[p->deps.num - 1].replaced_by = path;
	return path;
}

static bool is_word(struct text t, const char *word)
{
	return t.len == strlen(word) && !memcmp(t.s, word, t.len);
}

static bool parse_line(struct parser *p, struct text line)
{
	struct text word = { "", 0 };

	cut(&line, '\t', &word);
	if (is_word(word, "path")) {
		p->info->path = dup_text(p->arena, line);
		return p->info->path;
	}
	if (is_word(word, "mod"))
		return parse_module(p, line, &p->info->mod_path, &p->info->mod_version);
	if (is_word(word, "dep")) {
		struct gosym_module *m = vec_append(&p->deps);

		return m && parse_module(p, line, &m->path, &m->version);
	}
	if (is_word(word, "=>"))
		return parse_replacement(p, line);
	if (is_word(word, "build"))
		return parse_setting(p, line);
	return true;
}

static bool keep(struct parser *p)
{
	struct buildinfo *info = p->info;

	info->deps = arena_array(p->arena, p->deps.num, sizeof(*info->deps));
	info->settings = arena_array(p->arena, p->settings.num, sizeof(*info->settings));
	if (!info->deps || !info->settings)
		return false;
	if (p->deps.num)
		memcpy(info->deps, p->deps.data, p->deps.num * sizeof(*info->deps));
	if (p->settings.num)
		memcpy(info->settings, p->settings.data, p->settings.num * sizeof(*info->settings));
	info->num_deps = p->deps.num;
	info->num_settings = p->settings.num;
	return true;
}

static struct gosym_error *parse_modinfo(struct arena *a, struct text mod, struct buildinfo *ret)
{
	struct parser p = { .arena = a, .info = ret };
	struct text line;
	bool ok = true;

	/* The marks are there if the last line ends right before the second one. */
	if (mod.len >= 33 && mod.s[mod.len - 17] == '\n')
		mod = (struct text){ mod.s + 16, mod.len - 32 };
	else
		mod.len = 0;
	while (ok && cut(&mod, '\n', &line))
		ok = parse_line(&p, line);
	ok = ok && keep(&p);
	vec_deinit(&p.deps);
	vec_deinit(&p.settings);
	return ok ? NULL : gosym_nomem;
}

/* Before Go 1.13 the version is only in this variable, and only symbols tell where it is. */
static struct gosym_error *version_from_symbol(struct elf_file *e, struct arena *a, struct buildinfo *ret)
{
	const struct elf_symbol *s = elf_symbol_find(e, "runtime.buildVersion");
	struct text version;

	if (!s || !string_at(e, s->value, &version) || !version.len)
		return NULL;
	ret->version = dup_text(a, version);
	ret->version_source = "runtime.buildVersion";
	return ret->version ? NULL : gosym_nomem;
}

struct gosym_error *buildinfo_read(struct elf_file *e, struct arena *a, struct buildinfo *ret)
{
	struct text version = { "", 0 }, mod = { "", 0 };
	struct bytes block;

	*ret = (struct buildinfo){ 0 };
	if (!find_block(e, &block) || !read_strings(e, &block, &version, &mod) || !version.len)
		return version_from_symbol(e, a, ret);
	ret->version = dup_text(a, version);
	ret->version_source = ".go.buildinfo";
	return ret->version ? parse_modinfo(a, mod, ret) : gosym_nomem;
}
