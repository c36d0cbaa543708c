// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * Feeds files to a fuzzer's entry point, one after the other: what a build without libFuzzer links instead of it.
 * Each file is copied to memory of exactly its size, so that the sanitizers see a read beyond its end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static int feed(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET)) {
		perror(path);
		return 1;
	}
	data = malloc(size ? (size_t)size : 1);
	if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) {
		perror(path);
		return 1;
	}
	fclose(file);
	fprintf(stderr, "%s\n", path);			/* the last one named is the one that failed */
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; i < argc; i++)
		status |= feed(argv[i]);
	return status;
}
