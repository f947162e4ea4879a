/* The system's libcurl, loaded when it is first needed: what a transport for one request and one reply wants of it.
 * curl_easy_setopt() takes a variable number of arguments, which Swift cannot call, so the options are set here. */
#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Loads libcurl, once in a process. False: there is none, or it is older than 7.80. */
bool ccurl_load(void);

/* What ccurl_load() has loaded, for people: "libcurl/7.88.1 OpenSSL/3.0.15 …". */
const char *ccurl_version(void);

/* Starts a detached thread that takes no signals but its own faults, so that none meant for the program is spent on it, and a connection
 * that the other side has closed ends in an error and not in SIGPIPE. Returns 0 or an errno. */
int ccurl_start_thread(void (*body)(void *), void *context);

/* Connections, and the exchanges that run on them. Of one thread; only ccurl_wake() may be called from any. */
typedef struct ccurl_connections ccurl_connections;

/* `limit`: how many idle ones are kept. NULL if there is no memory. */
ccurl_connections *ccurl_open(long limit);
void ccurl_close(ccurl_connections *connections);
/* Ends a ccurl_wait(), or the next one. */
void ccurl_wake(ccurl_connections *connections);
/* Waits for something to do, at most so long. */
void ccurl_wait(ccurl_connections *connections, int milliseconds);
/* Does what can be done without waiting. */
void ccurl_work(ccurl_connections *connections);

/* One request and its reply. */
typedef struct ccurl_exchange ccurl_exchange;

/* What is sent. Texts and bytes are copied. */
typedef struct {
    const char *method;
    /* Scheme, host and port. */
    const char *origin;
    /* Path and query, sent as they stand. */
    const char *target;
    /* "Name: value", and "Name;" for a header without value; ends with NULL. "Name:" keeps libcurl from adding its own. */
    const char *const *headers;
    /* NULL for a request without a body. */
    const uint8_t *body;
    size_t body_length;
    long connect_milliseconds;
    /* libcurl refuses a reply that announces more. */
    int64_t maximum_reply;
    /* Certificates to trust in place of the system's file, as PEM; NULL for the system's. */
    const uint8_t *authorities;
    size_t authorities_length;
    /* "scheme://host:port", without a user; NULL for none. */
    const char *proxy;
    /* NULL if it gets none. */
    const char *proxy_user;
    const char *proxy_password;
} ccurl_request;

/* What comes back. Called in ccurl_work(). */
typedef struct {
    void *context;
    /* A line of a head, with its end. */
    void (*head)(void *context, const uint8_t *bytes, size_t count);
    /* A piece of the body; false ends the exchange. */
    bool (*body)(void *context, const uint8_t *bytes, size_t count);
} ccurl_receiver;

/* NULL if there is no memory, or libcurl refuses what is asked of it. */
ccurl_exchange *ccurl_start(
    ccurl_connections *connections, const ccurl_request *request, const ccurl_receiver *receiver);
/* The context of an exchange that has ended, and its code (CURLE_…); NULL if there is none. */
void *ccurl_next_ended(ccurl_connections *connections, int *code);
/* Gives an exchange up or back. */
void ccurl_end(ccurl_connections *connections, ccurl_exchange *exchange);

/* Whether libcurl has begun to write the request: before that nobody can have seen a byte of it. */
bool ccurl_has_begun(const ccurl_exchange *exchange);
/* Whether libcurl was kept from writing the request a second time. */
bool ccurl_was_repeated(const ccurl_exchange *exchange);
int ccurl_status(const ccurl_exchange *exchange);
/* The errno of the call that failed, or 0. */
int ccurl_system_error(const ccurl_exchange *exchange);

/* What a proxy has answered to CONNECT; 0 if it has not, or was not asked. */
int ccurl_proxy_status(const ccurl_exchange *exchange);
/* Whether a proxy that wants a login takes a name and a password. */
bool ccurl_proxy_takes_passwords(const ccurl_exchange *exchange);

/* What a SOCKS proxy objects to. */
typedef enum {
    CCURL_SOCKS_LOGIN,
    CCURL_SOCKS_FORBIDDEN,
    CCURL_SOCKS_HOST_NOT_FOUND,
    /* It gets no connection to the host. */
    CCURL_SOCKS_NO_WAY,
    CCURL_SOCKS_OTHER,
} ccurl_socks;
ccurl_socks ccurl_socks_of(const ccurl_exchange *exchange);

/* What is known of the last handshake. */
typedef struct {
    /* False: libcurl has begun none, or does not use OpenSSL; then nothing of the following is known. */
    bool is_watched;
    /* X509_V_…; 0 when no certificate was refused. */
    int verification;
    bool was_asked_for_certificate;
    /* SSL_R_… of the error that ended the exchange, or 0. */
    int reason;
    /* DER of the certificate that was refused, else of the server's own; NULL if none came. Of the exchange. */
    const uint8_t *certificate;
    size_t length;
} ccurl_tls;
void ccurl_tls_of(const ccurl_exchange *exchange, ccurl_tls *tls);

/* What a code means. */
typedef enum {
    CCURL_DONE,
    CCURL_HOST_NOT_FOUND,
    CCURL_NO_CONNECTION,
    CCURL_TIMEOUT,
    CCURL_TLS,
    /* A certificate was refused. */
    CCURL_CERTIFICATE,
    CCURL_LOST,
    CCURL_PROXY_NOT_FOUND,
    CCURL_SOCKS,
    /* No encoding of a body that libcurl can undo. */
    CCURL_ENCODING,
    /* Another protocol than HTTP/1.1. */
    CCURL_PROTOCOL,
    CCURL_TOO_LARGE,
    CCURL_REFUSED_BY_RECEIVER,
    CCURL_OTHER,
} ccurl_meaning;
ccurl_meaning ccurl_meaning_of(int code);
/* libcurl's words for a code. */
const char *ccurl_words(int code);

/* Where the library looks for the system's certificates; NULL if it does not say. */
const char *ccurl_system_authorities(void);

/* A peer for measurements: the same request so many times on one connection, with nothing around it. 0 or a code. */
int ccurl_measure(const char *url, const char *const *headers, int count);

#endif
