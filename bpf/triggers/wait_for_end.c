// SPDX-License-Identifier: MIT
/* wait_for_end [ARG...]: says "ready" and ends when stdin does. */
#include <stdio.h>

int main(void)
{
	puts("ready");
	fflush(stdout);
	return getchar() != EOF;
}
