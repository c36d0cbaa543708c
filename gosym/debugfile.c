// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Finding a separate debug file, in the order and at the places of GDB (its manual, "Debugging Information in Separate
 * Files") and elfutils: by build id below /usr/lib/debug, by the name and checksum in .gnu_debuglink, from the servers
 * of DEBUGINFOD_URLS. It is taken if it is of the same build: the same id, or the checksum. libdebuginfod
 * (elfutils, debuginfod_find_debuginfo(3)) brings a whole HTTP client along, so it is loaded only when the environment
 * asks for it.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "gosym/cleanup.h"
#include "gosym/debugfile.h"

#define DEBUG_DIR "/usr/lib/debug"

enum { NOTE_GNU_BUILD_ID = 3, MIN_BUILD_ID = 2, MAX_BUILD_ID = 64 };

DEFINE_CLEANUP(cleanup_elf, struct elf_file *, elf_close(*p))

struct search {
	struct elf_file *e;
	struct arena *arena;
	struct bytes build_id;		/* size 0: none */
	struct debugfile *found;
};

static bool build_id_of(struct elf_file *e, struct bytes *ret)
{
	return elf_note(e, "GNU", NOTE_GNU_BUILD_ID, ret) && ret->size >= MIN_BUILD_ID && ret->size <= MAX_BUILD_ID;
}

static struct gosym_error *refuse(struct search *s, const char *path, const char *why)
{
	s->found->refused = arena_printf(s->arena, "%s: %s", path, why);
	return s->found->refused ? NULL : gosym_nomem;
}

/* Why the file is none of this build's; NULL: it is. link_crc: the checksum it has to have, or NULL. */
static const char *why_not(const struct search *s, struct elf_file *debug, const uint32_t *link_crc)
{
	const struct elf_section *info = elf_section_find(debug, ".debug_info");
	struct bytes id;

	if (elf_machine(debug) != elf_machine(s->e) || elf_ptr_size(debug) != elf_ptr_size(s->e) ||
	    elf_big_endian(debug) != elf_big_endian(s->e))
		return "it is of another architecture";
	if (link_crc && elf_crc32(debug) != *link_crc)
		return "its checksum is not that in .gnu_debuglink, so it is of another build";
	if (build_id_of(debug, &id) && s->build_id.size &&
	    (id.size != s->build_id.size || memcmp(id.data, s->build_id.data, id.size) != 0))
		return "its build id is another";
	if (!info || !info->size)
		return "it has no DWARF";
	return NULL;
}

/* Takes e over. */
static struct gosym_error *offer(struct search *s, struct elf_file *e, const char *found_by, const uint32_t *link_crc)
{
	_cleanup_(cleanup_elf) struct elf_file *debug = e;
	const char *why = why_not(s, debug, link_crc);

	if (why)
		return refuse(s, elf_path(debug), why);
	s->found->elf = no_cleanup_ptr(debug);
	s->found->found_by = found_by;
	s->found->refused = NULL;
	return NULL;
}

static struct gosym_error *try_path(struct search *s, const char *path, const char *found_by, const uint32_t *link_crc)
{
	struct elf_file *e;
	struct gosym_error *err;

	if (s->found->elf || access(path, F_OK))
		return NULL;
	err = elf_open(path, &e);
	if (!err)
		return offer(s, e, found_by, link_crc);
	if (gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return refuse(s, path, "it cannot be read as an ELF file");
}

/* ---- by build id */

static struct gosym_error *by_build_id(struct search *s)
{
	char path[sizeof(DEBUG_DIR) + 2 * MAX_BUILD_ID + 32] = DEBUG_DIR "/.build-id/";
	size_t at = strlen(path);

	if (!s->build_id.size)
		return NULL;
	for (size_t i = 0; i < s->build_id.size; i++)
		at += (size_t)sprintf(path + at, "%02x%s", s->build_id.data[i], i ? "" : "/");
	strcpy(path + at, ".debug");
	return try_path(s, path, "build id", NULL);
}

/* ---- by link: a name, padded with zeros to a multiple of 4, then the CRC-32 of the whole file */

static bool read_link(struct elf_file *e, const char **name, uint32_t *crc)
{
	const struct elf_section *s = elf_section_find(e, ".gnu_debuglink");
	_cleanup_error_ struct gosym_error *err = NULL;
	struct bytes b;

	if (!s)
		return false;
	err = elf_section_bytes(e, s, &b);
	*name = err ? NULL : bytes_str(&b, 0);
	/* It is a name, no path. */
	if (!*name || !**name || strchr(*name, '/'))
		return false;
	return bytes_u32(&b, (strlen(*name) + 1 + 3) & ~(size_t)3, crc);
}

static struct gosym_error *by_link(struct search *s)
{
	static const char *const forms[] = { "%s/%s", "%s/.debug/%s", DEBUG_DIR "%s/%s" };
	_cleanup_free_ char *real = realpath(elf_path(s->e), NULL);
	struct gosym_error *err = NULL;
	char path[2 * PATH_MAX];
	const char *name;
	uint32_t crc;

	if (!real || !read_link(s->e, &name, &crc))
		return NULL;
	*strrchr(real, '/') = '\0';
	for (size_t i = 0; !err && i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (snprintf(path, sizeof(path), forms[i], real, name) < (int)sizeof(path))
			err = try_path(s, path, ".gnu_debuglink", &crc);
	}
	return err;
}

/* ---- debuginfod */

struct client;				/* debuginfod_client */

struct library {
	struct client *(*begin)(void);
	int (*find)(struct client *c, const unsigned char *build_id, int len, char **path);
	void (*end)(struct client *c);
};

/* A library that was used once stays: its HTTP client does not like to be unloaded. */
static bool library_load(struct library *l)
{
	void *handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);

	if (!handle)
		return false;
	/* POSIX has functions come as void *: through memory, as C does not convert them. */
	*(void **)&l->begin = dlsym(handle, "debuginfod_begin");
	*(void **)&l->find = dlsym(handle, "debuginfod_find_debuginfo");
	*(void **)&l->end = dlsym(handle, "debuginfod_end");
	return l->begin && l->find && l->end;
}

static struct gosym_error *ask(struct search *s, const struct library *l, const char *urls)
{
	struct client *client = l->begin();
	_cleanup_free_ char *path = NULL;
	_cleanup_fd_ int fd = -1;
	struct elf_file *e;
	struct gosym_error *err;

	if (!client)
		return refuse(s, "libdebuginfod", "cannot be initialised");
	fd = l->find(client, s->build_id.data, (int)s->build_id.size, &path);
	l->end(client);
	if (fd < 0)
		return refuse(s, urls, strerror(-fd));
	err = elf_open_fd(fd, path ? path : "debuginfod", &e);
	if (!err)
		return offer(s, e, "debuginfod", NULL);
	if (gosym_error_code(err) == GOSYM_NOMEM)
		return err;
	gosym_error_destroy(err);
	return refuse(s, urls, "what it sent is no ELF file");
}

static struct gosym_error *by_server(struct search *s)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct library library;

	if (s->found->elf || !s->build_id.size || !urls || !urls[strspn(urls, " ")])
		return NULL;
	if (!library_load(&library))
		return refuse(s, "DEBUGINFOD_URLS is set", "but libdebuginfod.so.1 is not installed");
	return ask(s, &library, urls);
}

struct gosym_error *debugfile_find(struct elf_file *e, struct arena *a, struct debugfile *ret)
{
	struct search s = { .e = e, .arena = a, .found = ret };
	struct gosym_error *err;

	*ret = (struct debugfile){ .elf = NULL };
	if (!build_id_of(e, &s.build_id))
		s.build_id.size = 0;
	err = by_build_id(&s);
	if (!err)
		err = by_link(&s);
	if (!err)
		err = by_server(&s);
	return err;
}
