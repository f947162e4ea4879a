/* Why a handshake failed: libcurl has a number for that, and neither names nor dates. So OpenSSL is asked, in its own process of
 * verification. It decides as before; here it is only watched. */
#include "private.h"

#include <openssl/ssl.h>

#include <dlfcn.h>
#include <stdlib.h>

#define FUNCTIONS(F) \
    F(SSL_CTX_set_cert_verify_callback) F(SSL_CTX_set_cert_cb) F(SSL_CTX_set_options) F(SSL_CTX_set_post_handshake_auth) \
    F(X509_verify_cert) F(X509_STORE_CTX_get_error) F(X509_STORE_CTX_get_current_cert) F(X509_STORE_CTX_get0_cert) \
    F(i2d_X509)

static struct {
#define F(name) __typeof__(&name) name;
    FUNCTIONS(F)
#undef F
} library;

bool witness_load(void *libcurl) {
#define F(name) \
    if ((library.name = (__typeof__(&name))dlsym(libcurl, #name)) == NULL) return false;
    FUNCTIONS(F)
#undef F
    return true;
}

static void keep(witness *witness, X509 *certificate) {
    /* No chain of certificates is that long; what a server sends is bounded by OpenSSL itself (100 KiB). */
    int length = certificate == NULL ? 0 : library.i2d_X509(certificate, NULL);
    uint8_t *bytes = length > 0 ? malloc((size_t)length) : NULL;
    if (bytes == NULL) return;
    uint8_t *end = bytes;
    free(witness->certificate);
    witness->certificate = bytes;
    witness->length = (size_t)library.i2d_X509(certificate, &end);
}

static int verify(X509_STORE_CTX *verification, void *argument) {
    witness *witness = argument;
    int result = library.X509_verify_cert(verification);
    witness->verification = result > 0 ? 0 : library.X509_STORE_CTX_get_error(verification);
    keep(
        witness, witness->verification == 0 ? library.X509_STORE_CTX_get0_cert(verification)
                                            : library.X509_STORE_CTX_get_current_cert(verification));
    return result;
}

/* There is none to give. */
static int give_certificate(SSL *connection, void *argument) {
    (void)connection;
    ((witness *)argument)->was_asked_for_certificate = true;
    return 1;
}

void witness_attach(witness *witness, void *context) {
    witness_release(witness);
    witness->is_attached = true;
    /* A connection outlives the exchange that has opened it. Neither callback may be called for a later one: a handshake is
     * not repeated, and a certificate not asked for, once it is over. */
    library.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    library.SSL_CTX_set_post_handshake_auth(context, 0);
    library.SSL_CTX_set_cert_verify_callback(context, verify, witness);
    library.SSL_CTX_set_cert_cb(context, give_certificate, witness);
}

void witness_release(witness *witness) {
    free(witness->certificate);
    *witness = (struct witness){0};
}
