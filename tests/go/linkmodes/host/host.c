// SPDX-License-Identifier: BSD-2-Clause OR LGPL-2.1-or-later
/*
 * The C program around the Go code. As "host SHARED-OBJECT" it loads that; built with -DLINKED the Go code is linked in.
 */
#include <stdio.h>

#ifdef LINKED
extern void Run(void);
#else
#include <dlfcn.h>
#endif

int main(int argc, char **argv)
{
#ifdef LINKED
	(void)argc, (void)argv;
	Run();
#else
	void *object = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	void (*run)(void) = object ? (void (*)(void))dlsym(object, "Run") : NULL;

	if (!run) {
		fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: host SHARED-OBJECT");
		return 1;
	}
	run();
#endif
	return 0;
}
