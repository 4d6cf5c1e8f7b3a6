// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prefixes, of each length and with each bit, beside a model that looks at one bit
 * after another.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <linux/random.h>

#include "prefix.h"

static bool bit(const u8 *key, unsigned int i)
{
	return key[i / 8] >> (7 - i % 8) & 1;
}

static void flip(u8 *key, unsigned int i)
{
	key[i / 8] ^= 1 << (7 - i % 8);
}

static struct obpbl_prefix prefix(u8 family, u8 len)
{
	struct obpbl_prefix prefix = { .family = family, .len = len };
	unsigned int i;

	for (i = 0; i < len; i++) {
		if (get_random_u32() & 1)
			flip(prefix.key, i);
	}
	return prefix;
}

/* One bit beyond the length is one too many, wherever it is. */
static void test_canonical(void **state)
{
	unsigned int family, len, i;
	struct obpbl_prefix p;

	(void)state;
	for (family = 0; family < OBPBL_FAMILIES; family++) {
		for (len = 0; len <= obpbl_family_bits(family); len++) {
			p = prefix(family, len);
			assert_true(obpbl_prefix_canonical(&p));
			for (i = 0; i < obpbl_family_bits(family); i++) {
				flip(p.key, i);
				assert_int_equal(obpbl_prefix_canonical(&p),
						 i < len);
				flip(p.key, i);
			}
		}
	}
}

/* An address is inside as long as no bit within the length differs. */
static void test_covers(void **state)
{
	unsigned int family, len, i;
	u8 key[OBPBL_KEY_SIZE];
	struct obpbl_prefix p;

	(void)state;
	for (family = 0; family < OBPBL_FAMILIES; family++) {
		for (len = 0; len <= obpbl_family_bits(family); len++) {
			p = prefix(family, len);
			memcpy(key, p.key, sizeof(key));
			assert_true(obpbl_prefix_covers(&p, family, key));
			assert_false(obpbl_prefix_covers(&p, !family, key));
			for (i = 0; i < obpbl_family_bits(family); i++) {
				flip(key, i);
				assert_int_equal(obpbl_prefix_covers(&p, family,
								     key),
						 i >= len);
				assert_int_not_equal(bit(key, i),
						     bit(p.key, i));
				flip(key, i);
			}
		}
	}
}

static void test_same(void **state)
{
	struct obpbl_prefix a, b;
	unsigned int i;

	(void)state;
	a = prefix(OBPBL_INET6, 64);
	b = a;
	assert_true(obpbl_prefix_same(&a, &b));
	b.len++;
	assert_false(obpbl_prefix_same(&a, &b));
	b = a;
	b.family = OBPBL_INET4;
	assert_false(obpbl_prefix_same(&a, &b));
	for (i = 0; i < 64; i++) {
		b = a;
		flip(b.key, i);
		assert_false(obpbl_prefix_same(&a, &b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_covers),
		cmocka_unit_test(test_same),
	};
	const char *seed = getenv("SEED");

	shim_random = seed ? strtoull(seed, NULL, 0) : 25;
	printf("# SEED=%llu\n", (unsigned long long)shim_random);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
