/* What the files of this module share. */
#ifndef CCURL_PRIVATE_H
#define CCURL_PRIVATE_H

#include "CCurl.h"

/* What was seen of a handshake. */
typedef struct witness {
    bool is_attached;
    /* X509_V_…; 0 when no certificate was refused. */
    int verification;
    bool was_asked_for_certificate;
    /* The certificate that was refused, else the server's own; NULL if none came. Of the heap. */
    uint8_t *certificate;
    size_t length;
} witness;

/* Looks up what a witness needs, in the library that libcurl uses. False: it is another one than OpenSSL. */
bool witness_load(void *libcurl);
/* Has a handshake seen; `context` is an SSL_CTX. */
void witness_attach(witness *witness, void *context);
void witness_release(witness *witness);

#endif
