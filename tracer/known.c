// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Well-known types of the standard library, by name and by the fields they must have:
 *
 *	time.Duration	src/time/time.go: Duration.String
 *	time.Time	wall and ext since Go 1.9: seconds since 1885 and a monotonic clock, or since the year 1; the
 *			zone is behind a pointer, so the instant is told in UTC, without the monotonic part
 *	net.IP		src/net/ip.go: IP.String
 *	netip.Addr	src/net/netip/netip.go. IPv4 is kept as if mapped into IPv6: which of the two it is, z
 *	AddrPort, Prefix	tells. Since Go 1.23 it leads to a struct that says so; before it is equal to a variable
 *			or not, which cannot be told from here
 *	syscall.Errno	the number and its message
 *
 * What does not fit exactly is left to be shown as any other value.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tracer/known.h"

/* The field of a struct, if it was read and is of that size. */
static const struct plan_value *field(const struct gotrace_event *ev, const struct plan_value *v,
				      const char *name, uint64_t size)
{
	for (size_t i = 0; i < v->num_kids; i++) {
		const struct plan_value *kid = &v->kids[i];

		if (!kid->name || strcmp(kid->name, name) != 0)
			continue;
		return kid->type && gosym_type_size(kid->type) == size &&
				       !event_value_error(ev, kid) ? kid : NULL;
	}
	return NULL;
}

static bool is_type(const struct plan_value *v, const char *name)
{
	return v->type && !strcmp(gosym_type_name(v->type), name);
}

/* ---- time */

/* The last digits of v, most of them a fraction without trailing zeros: 1500 and 3 are "1.5". */
static void put_fraction(char *text, size_t size, uint64_t v, unsigned digits, const char *unit)
{
	char fraction[16] = "";
	uint64_t scale = 1;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	if (v % scale) {
		size_t len = (size_t)snprintf(fraction, sizeof(fraction), ".%0*" PRIu64, (int)digits,
					      v % scale);

		while (fraction[len - 1] == '0')
			fraction[--len] = '\0';
	}
	snprintf(text, size, "%" PRIu64 "%s%s", v / scale, fraction, unit);
}

static bool duration_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	int64_t d = event_int(ev, v);
	uint64_t ns = d < 0 ? 0 - (uint64_t)d : (uint64_t)d, minutes = ns / 60000000000;
	char *at = text;

	if (gosym_type_kind(v->type) != GOSYM_INT64)
		return false;
	if (d < 0)
		*at++ = '-';
	if (!ns)
		strcpy(at, "0s");
	else if (ns < 1000)
		put_fraction(at, 32, ns, 0, "ns");
	else if (ns < 1000000)
		put_fraction(at, 32, ns, 3, "µs");
	else if (ns < 1000000000)
		put_fraction(at, 32, ns, 6, "ms");
	else {
		if (minutes >= 60)
			at += sprintf(at, "%" PRIu64 "h", minutes / 60);
		if (minutes)
			at += sprintf(at, "%" PRIu64 "m", minutes % 60);
		put_fraction(at, 32, ns % 60000000000, 9, "s");
	}
	return true;
}

enum { DAY = 86400, DAYS_400 = 146097, DAYS_100 = 36524, DAYS_4 = 1461 };

/* Seconds and nanoseconds since the beginning of the year 1. */
static bool time_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	static const unsigned months[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	static const int64_t year_1885 = (1884 * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * (int64_t)DAY;
	const struct plan_value *wall = field(ev, v, "wall", 8), *ext = field(ev, v, "ext", 8);
	uint64_t bits, days, n, year, month = 0;
	int64_t sec;
	bool leap;
	char nanos[32];

	if (!wall || !ext)
		return false;
	bits = event_word(ev, wall, 0, 8);
	sec = bits >> 63 ? year_1885 + (int64_t)(bits << 1 >> 31) : event_int(ev, ext);
	if (sec < 0 || sec / DAY >= (int64_t)25 * DAYS_400)	/* RFC 3339 ends with the year 9999 */
		return false;
	days = (uint64_t)sec / DAY;
	year = 1 + days / DAYS_400 * 400;
	days %= DAYS_400;
	n = days / DAYS_100 < 4 ? days / DAYS_100 : 3;
	year += 100 * n;
	days -= n * DAYS_100;
	year += days / DAYS_4 * 4;
	days %= DAYS_4;
	n = days / 365 < 4 ? days / 365 : 3;
	year += n;
	days -= n * 365;
	leap = year % 4 == 0 && (year % 100 || year % 400 == 0);
	while (days >= months[month] + (month == 1 && leap)) {
		days -= months[month] + (month == 1 && leap);
		month++;
	}
	put_fraction(nanos, sizeof(nanos), bits & ((1 << 30) - 1), 9, "Z");
	snprintf(text, KNOWN_TEXT, "%04" PRIu64 "-%02" PRIu64 "-%02" PRIu64 "T%02d:%02d:%02d%s", year, month + 1,
		 days + 1, (int)(sec % DAY / 3600), (int)(sec % 3600 / 60), (int)(sec % 60), nanos + 1);
	return year <= 9999;
}

/* ---- addresses */

/* IPv4 addresses as IPv6 has them. */
static const uint8_t mapped[12] = { [10] = 0xff, 0xff };

static void put_ip4(char *text, const uint8_t *ip)
{
	sprintf(text, "%u.%u.%u.%u", ip[0], ip[1], ip[2], ip[3]);
}

/* RFC 5952: the longest run of two zeros or more is left out, the first of equal ones. */
static void put_ip6(char *text, const uint8_t *ip)
{
	int best = -1, best_len = 1;

	for (int i = 0, len; i < 8; i += len ? len : 1) {
		for (len = 0; i + len < 8 && !ip[2 * (i + len)] && !ip[2 * (i + len) + 1];)
			len++;
		if (len > best_len) {
			best = i;
			best_len = len;
		}
	}
	for (int i = 0; i < 8; i++) {
		if (i == best) {
			text += sprintf(text, "::");
			i += best_len - 1;
			continue;
		}
		text += sprintf(text, "%s%x", i && i != best + best_len ? ":" : "",
				ip[2 * i] << 8 | ip[2 * i + 1]);
	}
}

/* All elements of a byte slice. */
static bool whole_bytes(const struct gotrace_event *ev, const struct plan_value *v,
			const uint8_t **data, uint64_t *size)
{
	const char *why;

	return event_target(ev, v, data, size, &why) && *size == event_ptr(ev, v, 1);
}

static bool ip_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	const uint8_t *ip;
	uint64_t size;

	if (gosym_type_kind(v->type) != GOSYM_SLICE || !event_ptr(ev, v, 0) ||
	    !whole_bytes(ev, v, &ip, &size) || (size != 4 && size != 16))
		return false;
	if (size == 4)
		put_ip4(text, ip);
	else if (!memcmp(ip, mapped, sizeof(mapped)))
		put_ip4(text, ip + 12);
	else
		put_ip6(text, ip);
	return true;
}

static const char no_address[] = "invalid IP";

enum family { FAMILY_UNKNOWN, FAMILY_4, FAMILY_6 };

/* Since Go 1.23: a unique.Handle, to struct { isV6 bool; zoneV6 string }. A zone is not told here. */
static enum family handle_family(const struct gotrace_event *ev, const struct plan_value *z)
{
	const struct plan_value *value = field(ev, z, "value", 8), *detail, *is_v6, *zone;

	if (!value || !event_followed(value) || event_value_error(ev, &value->kids[0]))
		return FAMILY_UNKNOWN;
	detail = &value->kids[0];
	is_v6 = field(ev, detail, "isV6", 1);
	zone = field(ev, detail, "zoneV6", 16);
	if (!is_v6 || !zone || event_ptr(ev, zone, 1))
		return FAMILY_UNKNOWN;
	return event_word(ev, is_v6, 0, 1) ? FAMILY_6 : FAMILY_4;
}

/* Up to Go 1.22: a pointer to struct { cmpVal any; … }, nil where there is no zone. Nothing more is known of it. */
static bool is_without_zone(const struct gotrace_event *ev, const struct plan_value *z)
{
	const struct plan_value *zone;

	if (!event_followed(z) || event_value_error(ev, &z->kids[0]))
		return false;
	zone = field(ev, &z->kids[0], "cmpVal", 16);
	return zone && !event_ptr(ev, zone, 0);
}

static enum family addr_family(const struct gotrace_event *ev, const struct plan_value *z, bool is_mapped)
{
	if (gosym_type_kind(z->type) == GOSYM_STRUCT)
		return handle_family(ev, z);
	return !is_mapped && is_without_zone(ev, z) ? FAMILY_6 : FAMILY_UNKNOWN;
}

static bool addr_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	const struct plan_value *addr = field(ev, v, "addr", 16), *z = field(ev, v, "z", 8);
	enum family family;
	uint8_t ip[16];
	bool is_mapped;

	if (!addr || !z)
		return false;
	if (!event_word(ev, z, 0, 8)) {
		strcpy(text, no_address);
		return true;
	}
	for (unsigned i = 0; i < 16; i++)
		ip[i] = (uint8_t)(event_word(ev, addr, i / 8 * 8, 8) >> (56 - i % 8 * 8));
	is_mapped = !memcmp(ip, mapped, sizeof(mapped));
	family = addr_family(ev, z, is_mapped);
	if (family == FAMILY_UNKNOWN)
		return false;
	if (is_mapped && family == FAMILY_6)
		text += sprintf(text, "::ffff:");
	if (is_mapped)
		put_ip4(text, ip + 12);
	else
		put_ip6(text, ip);
	return true;
}

static bool addr_port_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	const struct plan_value *ip = field(ev, v, "ip", 24), *port = field(ev, v, "port", 2);
	char addr[KNOWN_TEXT];
	bool v6;

	if (!ip || !port || !addr_text(ev, ip, addr))
		return false;
	if (!strcmp(addr, no_address)) {
		strcpy(text, "invalid AddrPort");
		return true;
	}
	v6 = strchr(addr, ':');
	snprintf(text, KNOWN_TEXT, "%s%.60s%s:%u", v6 ? "[" : "", addr, v6 ? "]" : "",
		 (unsigned)event_word(ev, port, 0, 2));
	return true;
}

/* The length plus one; in the first releases the length, -1 for none. */
static bool prefix_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	const struct plan_value *ip = field(ev, v, "ip", 24), *bits = field(ev, v, "bits", 2),
				*plus_one = field(ev, v, "bitsPlusOne", 1);
	char addr[KNOWN_TEXT];
	int64_t len;

	if (!ip || (!bits && !plus_one) || !addr_text(ev, ip, addr))
		return false;
	len = plus_one ? (int64_t)event_word(ev, plus_one, 0, 1) - 1 : event_int(ev, bits);
	if (len < 0)
		strcpy(text, "invalid Prefix");
	else
		snprintf(text, KNOWN_TEXT, "%.60s/%d", addr, (int)len);
	return true;
}

/* ---- errors */

static bool errno_text(const struct gotrace_event *ev, const struct plan_value *v, char *text)
{
	uint64_t number = event_word(ev, v, 0, 8);
	const char *message = known_errno(number);

	if (gosym_type_kind(v->type) != GOSYM_UINTPTR || !message)
		return false;
	snprintf(text, KNOWN_TEXT, "%" PRIu64 " \"%s\"", number, message);
	return true;
}

/* ---- all of them */

bool known_text(const struct gotrace_event *ev, const struct plan_value *v, char text[KNOWN_TEXT])
{
	static const struct {
		const char *name;
		uint64_t size;
		bool (*put)(const struct gotrace_event *ev, const struct plan_value *v, char *text);
	} types[] = {
		{ "time.Duration", 8, duration_text },
		{ "time.Time", 24, time_text },
		{ "net.IP", 24, ip_text },
		{ "net/netip.Addr", 24, addr_text },
		{ "net/netip.AddrPort", 32, addr_port_text },
		{ "net/netip.Prefix", 32, prefix_text },
		{ "syscall.Errno", 8, errno_text },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (is_type(v, types[i].name))
			return gosym_type_size(v->type) == types[i].size &&
			       !event_value_error(ev, v) && types[i].put(ev, v, text);
	return false;
}

/* Bytes of a rune that begins here and is text: printable, or white space of one kind or another. */
static size_t text_rune(const uint8_t *s, uint64_t left)
{
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;

	if (len == 1)
		return (*s >= ' ' && *s < 0x7f) || (*s >= '\t' && *s <= '\r');
	for (size_t i = 1; i < len && i < left; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool known_bytes(const struct gotrace_event *ev, const struct plan_value *v, const uint8_t **data, uint64_t *size)
{
	const struct gosym_type *elem = gosym_type_elem(v->type);
	const char *why;
	uint64_t i = 0;

	if (!elem || gosym_type_kind(elem) != GOSYM_UINT8 || !event_target(ev, v, data, size, &why) ||
	    !*size)
		return false;
	while (i < *size) {
		size_t len = text_rune(*data + i, *size - i);

		if (!len)
			return false;
		/* Where the slice is cut its last rune may be. */
		if (i + len > *size && *size == event_ptr(ev, v, 1))
			return false;
		i += len;
	}
	return true;
}
