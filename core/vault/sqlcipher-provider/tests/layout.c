/* The whole amalgamation as one unit, so that the compiler compares our idea of the provider's struct with the real one. */
#include "sqlcipher.c"
#include <stddef.h>

#define AT(n, member) _Static_assert(offsetof(struct sqlcipher_provider, member) == (n) * sizeof(void *), #member)
AT(0, init);
AT(1, shutdown);
AT(2, get_provider_name);
AT(3, add_random);
AT(4, random);
AT(5, hmac);
AT(6, kdf);
AT(7, cipher);
AT(8, get_cipher);
AT(9, get_key_sz);
AT(10, get_iv_sz);
AT(11, get_block_sz);
AT(12, get_hmac_sz);
AT(13, ctx_init);
AT(14, ctx_free);
AT(15, fips_status);
AT(16, get_provider_version);
AT(17, next);
_Static_assert(sizeof(struct sqlcipher_provider) == 18 * sizeof(void *), "size");

/* Every prototype, as boundary.rs has it. An initialiser of another type is an error (-Werror). */
static const char *text(void *context) { return 0; }
static int number(void *context) { return 0; }
static int added(void *context, const void *buffer, int length) { return 0; }
static int filled(void *context, void *buffer, int length) { return 0; }
static int tagged(void *context, int algorithm, const unsigned char *key, int key_length, const unsigned char *first,
                  int first_length, const unsigned char *second, int second_length, unsigned char *out) { return 0; }
static int derived(void *context, int algorithm, const unsigned char *password, int password_length,
                   const unsigned char *salt, int salt_length, int rounds, int key_length, unsigned char *out) { return 0; }
static int turned(void *context, int mode, const unsigned char *key, int key_length, const unsigned char *iv,
                  const unsigned char *source, int length, unsigned char *out) { return 0; }
static int sized(void *context, int algorithm) { return 0; }
static int changed(void **context) { return 0; }
struct sqlcipher_provider guichet_layout = {0, 0, text, added, filled, tagged, derived, turned, text, number, number, number,
                                            sized, changed, changed, number, text, 0};

/* SQLCipher's numbers, as hash.rs and page_cipher.rs have them. */
_Static_assert(SQLCIPHER_HMAC_SHA1 == 0 && SQLCIPHER_HMAC_SHA256 == 1 && SQLCIPHER_HMAC_SHA512 == 2, "hashes");
_Static_assert(SQLCIPHER_PBKDF2_HMAC_SHA1 == 0 && SQLCIPHER_PBKDF2_HMAC_SHA256 == 1 && SQLCIPHER_PBKDF2_HMAC_SHA512 == 2,
               "key derivation");
_Static_assert(SQLCIPHER_DECRYPT == 0 && SQLCIPHER_ENCRYPT == 1, "modes");
