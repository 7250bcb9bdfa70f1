#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

// Takes variable arguments, which Swift cannot pass.
static inline EVP_PKEY *guichet_make_p256(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"); }
