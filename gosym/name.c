// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Symbol names as the Go compiler makes them (src/cmd/compile/internal/ir/func.go: closureName,
 * MethodSym; src/cmd/internal/objabi/path.go: escaping of paths):
 *
 *     package . function            net/http.ListenAndServe
 *     package . T . method          time.Time.String        main.Pair[go.shape.int].Swap
 *     package . (*T) . method       gopkg.in/yaml%2ev3.(*decoder).scalar
 *     ... . func1, .1, .gowrap2, .deferwrap1, -range3       made by the compiler
 *     ... -fm                       method value
 *
 * Type arguments are whole types: dots, slashes and parentheses inside brackets belong to them. The
 * path ends at the first dot behind the last slash, because PathToPrefix escapes dots in its last
 * element.
 */
#include <string.h>

#include "gosym/name.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool part_is(const char *s, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(s, text, len);
}

/* Whether s is word and then only digits, at least one. */
static bool is_numbered(const char *s, size_t len, const char *word)
{
	size_t n = strlen(word);

	if (len <= n || memcmp(s, word, n))
		return false;
	for (; n < len; n++)
		if (!is_digit(s[n]))
			return false;
	return true;
}

/* Length of the first component: up to a dot outside of all brackets. */
static size_t component(const char *s, size_t len)
{
	size_t depth = 0;

	for (size_t i = 0; i < len; i++) {
		if (strchr("[({", s[i]))
			depth++;
		else if (strchr("])}", s[i]))
			depth -= depth > 0;
		else if (s[i] == '.' && !depth)
			return i;
	}
	return len;
}

/* Length of the package path; 0 where there is none: C symbols, type:.eq.T, go.(*struct {}).F. */
static size_t package_len(const char *name)
{
	size_t end = strcspn(name, "[({ "), slash = 0;

	if (!strncmp(name, "type:", 5) || !strncmp(name, "type..", 6) || !strncmp(name, "go:", 3) ||
	    !strncmp(name, "go.(", 4))
		return 0;
	for (size_t i = 0; i < end; i++)
		if (name[i] == '/')
			slash = i;
	for (size_t i = slash; i < end; i++)
		if (name[i] == '.')
			return i;
	return 0;
}

/* A component that only the compiler writes. */
static bool is_generated(const char *s, size_t len)
{
	return is_numbered(s, len, "") || is_numbered(s, len, "func") ||
	       is_numbered(s, len, "gowrap") || is_numbered(s, len, "deferwrap") ||
	       is_numbered(s, len, "func\302\267");
}

/* "-range1" anywhere in a component: the body of a range-over-func loop. */
static bool has_range(const char *s, size_t len)
{
	for (size_t i = 0; i + 6 < len; i++)
		if (!memcmp(s + i, "-range", 6) && is_digit(s[i + 6]))
			return true;
	return false;
}

static void strip_method_value(struct go_name *n, size_t *len)
{
	const struct {
		const char *text;
		size_t len;
	} forms[] = { { "-fm", 3 }, { "\302\267fm", 4 } };

	for (size_t i = 0; i < 2 && !n->method_value; i++)
		n->method_value = *len > forms[i].len && !memcmp(n->base.s + *len - forms[i].len,
								 forms[i].text, forms[i].len);
	if (n->method_value)
		*len -= n->base.s[*len - 3] == '-' ? 3 : 4;
}

/* Reads the components of the base: is any of them made by the compiler? */
static bool base_is_closure(const char *s, size_t len)
{
	bool first = true, after_init = false;

	while (len) {
		size_t n = component(s, len);
		bool number = is_numbered(s, n, "");

		/* "init.0" and "map.init.0" set up a package; "init.0.func1" is a literal. */
		if (has_range(s, n) || (!first && is_generated(s, n) && !(number && after_init)) ||
		    is_numbered(s, n, "func\302\267"))
			return true;
		after_init = part_is(s, n, "init");
		first = false;
		s += n;
		len -= n;
		if (len) {
			s++;
			len--;
		}
	}
	return false;
}

static bool has_shape(struct name_part p)
{
	static const char word[] = "go.shape.";

	for (size_t i = 0; i + sizeof(word) - 1 <= p.len; i++)
		if (!memcmp(p.s + i, word, sizeof(word) - 1))
			return true;
	return false;
}

/* Whether the first component of s is a type whose method follows: "T.M", but not "F.func1",
 * "glob..func1". */
static bool has_receiver(const char *s, size_t len, size_t first)
{
	size_t second;

	if (!first || first + 1 >= len)
		return false;
	if (s[0] == '(')
		return true;
	if (has_range(s, first))
		return false;
	second = component(s + first + 1, len - first - 1);
	if (!second || is_generated(s + first + 1, second))
		return false;
	/* map.init.0 sets up a package's map variables (1.21+). */
	return !(part_is(s, first, "map") && part_is(s + first + 1, second, "init")) &&
	       !part_is(s, first, "init");
}

struct go_name name_parse(const char *name)
{
	struct go_name n = { .package = { name, package_len(name) } };
	const char *rest = name + n.package.len + (n.package.len ? 1 : 0);
	size_t len = strlen(rest), first;

	if (!n.package.len && !strncmp(name, "go.(", 4)) {
		rest += 3;
		len -= 3;
	}
	/* Without a package there is no Go function to take apart further, except methods of
	 * unnamed types. */
	if (!n.package.len && rest == name) {
		n.base = (struct name_part){ rest, len };
		return n;
	}
	first = component(rest, len);
	if (has_receiver(rest, len, first)) {
		n.receiver = (struct name_part){ rest, first };
		rest += first + 1;
		len -= first + 1;
	}
	n.base = (struct name_part){ rest, len };
	strip_method_value(&n, &len);
	n.closure = base_is_closure(rest, len);
	n.shape = !n.closure && !n.method_value && (has_shape(n.receiver) || has_shape(n.base));
	return n;
}

/* ------------------------------------------------------------------ globs */

/* Whether the '*' at s is the one of a pointer receiver: behind "(" and before a name. */
static bool star_is_literal(const char *pattern, const char *s)
{
	unsigned char next = (unsigned char)s[1];

	return s > pattern && s[-1] == '(' &&
	       (next == '_' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
		next >= 0x80);
}

bool name_is_glob(const char *pattern)
{
	for (const char *s = pattern; *s; s++)
		if (*s == '?' || (*s == '*' && !star_is_literal(pattern, s)))
			return true;
	return false;
}

/* Past one character of UTF-8. */
static const char *next_char(const char *s)
{
	do
		s++;
	while (((unsigned char)*s & 0xc0) == 0x80);
	return s;
}

bool name_glob(const char *pattern, const char *name)
{
	const char *p = pattern, *retry_p = NULL, *retry_name = NULL;

	/* On a mismatch the latest '*' takes one more byte; earlier ones never need to. */
	while (*name) {
		if (*p == '*' && !star_is_literal(pattern, p)) {
			retry_p = ++p;
			retry_name = name;
		} else if (*p == '?') {
			p++;
			name = next_char(name);
		} else if (*p == *name) {
			p++;
			name++;
		} else if (retry_p) {
			p = retry_p;
			name = ++retry_name;
		} else {
			return false;
		}
	}
	while (*p == '*' && !star_is_literal(pattern, p))
		p++;
	return !*p;
}
