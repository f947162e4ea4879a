#define _GNU_SOURCE
#include "private.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* CURLOPT_PREREQFUNCTION is as old as this. */
enum { OLDEST = 0x075000 };

/* The functions by their names; the types are those of the header. */
#define FUNCTIONS(F) \
    F(curl_global_init) F(curl_version_info) F(curl_version) F(curl_easy_init) F(curl_easy_setopt) \
    F(curl_easy_getinfo) F(curl_easy_cleanup) F(curl_easy_perform) F(curl_easy_strerror) F(curl_slist_append) \
    F(curl_slist_free_all) F(curl_multi_init) F(curl_multi_setopt) F(curl_multi_cleanup) F(curl_multi_add_handle) \
    F(curl_multi_remove_handle) F(curl_multi_perform) F(curl_multi_poll) F(curl_multi_wakeup) F(curl_multi_info_read)

/* The header covers some of them by macros. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

static struct {
#define F(name) __typeof__(&name) name;
    FUNCTIONS(F)
#undef F
} library;
static bool is_loaded;
static const char *system_authorities;
static bool has_witness;

static bool look_up(void *handle) {
#define F(name) \
    if ((library.name = (__typeof__(&name))dlsym(handle, #name)) == NULL) return false;
    FUNCTIONS(F)
#undef F
    return true;
}

static void load(void) {
    /* Debian's other flavour has a name of its own. */
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    for (size_t each = 0; each < sizeof names / sizeof *names; each++) {
        void *handle = dlopen(names[each], RTLD_NOW | RTLD_LOCAL);
        if (handle == NULL) continue;
        if (look_up(handle) && library.curl_version_info(CURLVERSION_NOW)->version_num >= OLDEST
            && library.curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
            is_loaded = true;
            const char *tls = library.curl_version_info(CURLVERSION_NOW)->ssl_version;
            has_witness = tls != NULL && strncmp(tls, "OpenSSL/", 8) == 0 && witness_load(handle);
            break;
        }
        dlclose(handle);
    }
    if (!is_loaded) return;
    CURL *easy = library.curl_easy_init();
    if (easy == NULL) return;
    char *path = NULL;
    if (library.curl_easy_getinfo(easy, CURLINFO_CAINFO, &path) == CURLE_OK && path != NULL && access(path, R_OK) == 0)
        system_authorities = strdup(path);
    library.curl_easy_cleanup(easy);
}

bool ccurl_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded;
}

const char *ccurl_version(void) { return library.curl_version(); }

const char *ccurl_system_authorities(void) { return system_authorities; }

/* MARK: The thread */

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int ccurl_start_thread(void (*body)(void *), void *context) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return -1;
    *start = (struct start){body, context};
    sigset_t most, before;
    pthread_attr_t attributes;
    pthread_t thread;
    sigfillset(&most);
    /* A fault of the thread itself is told as everywhere. */
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t each = 0; each < sizeof faults / sizeof *faults; each++) sigdelset(&most, faults[each]);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    /* A thread begins with the mask of the one that starts it, and so do those that libcurl starts for names. */
    pthread_sigmask(SIG_SETMASK, &most, &before);
    int status = pthread_create(&thread, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (status != 0) free(start);
    return status;
}

/* MARK: Connections */

struct ccurl_connections {
    CURLM *multi;
};

ccurl_connections *ccurl_open(long limit) {
    ccurl_connections *connections = malloc(sizeof *connections);
    if (connections == NULL) return NULL;
    connections->multi = library.curl_multi_init();
    if (connections->multi == NULL) {
        free(connections);
        return NULL;
    }
    library.curl_multi_setopt(connections->multi, CURLMOPT_MAXCONNECTS, limit);
    return connections;
}

void ccurl_close(ccurl_connections *connections) {
    library.curl_multi_cleanup(connections->multi);
    free(connections);
}

void ccurl_wake(ccurl_connections *connections) { library.curl_multi_wakeup(connections->multi); }

void ccurl_wait(ccurl_connections *connections, int milliseconds) {
    library.curl_multi_poll(connections->multi, NULL, 0, milliseconds, NULL);
}

void ccurl_work(ccurl_connections *connections) {
    int running;
    library.curl_multi_perform(connections->multi, &running);
}

/* MARK: One exchange */

struct ccurl_exchange {
    CURL *easy;
    struct curl_slist *headers;
    ccurl_receiver receiver;
    bool has_begun;
    bool was_repeated;
    /* Names of the proxy and its user may be in it: for tls_reason() only. */
    char error[CURL_ERROR_SIZE];
    witness witness;
};

/* libcurl sends a request again, on a new connection, when a connection that was used before ends without an answer;
 * whatever the method, and whether or not the server has read it. It comes by here each time before it writes. */
static int before_request(void *argument, char *address, char *own_address, int port, int own_port) {
    (void)address, (void)own_address, (void)port, (void)own_port;
    ccurl_exchange *exchange = argument;
    if (exchange->has_begun) {
        exchange->was_repeated = true;
        return CURL_PREREQFUNC_ABORT;
    }
    exchange->has_begun = true;
    return CURL_PREREQFUNC_OK;
}

/* And not even a connection is made for it. No program that this process starts gets the connection. */
static curl_socket_t open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    ccurl_exchange *exchange = argument;
    if (exchange->has_begun) {
        exchange->was_repeated = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_head(char *bytes, size_t size, size_t count, void *argument) {
    ccurl_exchange *exchange = argument;
    exchange->receiver.head(exchange->receiver.context, (const uint8_t *)bytes, size * count);
    return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *argument) {
    ccurl_exchange *exchange = argument;
    size_t length = size * count;
    if (length == 0) return 0;
    return exchange->receiver.body(exchange->receiver.context, (const uint8_t *)bytes, length) ? length : 0;
}

static CURLcode take_context(CURL *easy, void *context, void *argument) {
    (void)easy;
    witness_attach(&((ccurl_exchange *)argument)->witness, context);
    return CURLE_OK;
}

static void release(ccurl_exchange *exchange) {
    library.curl_easy_cleanup(exchange->easy);
    witness_release(&exchange->witness);
    library.curl_slist_free_all(exchange->headers);
    free(exchange);
}

static bool set_headers(ccurl_exchange *exchange, const char *const *headers) {
    for (; *headers != NULL; headers++) {
        struct curl_slist *list = library.curl_slist_append(exchange->headers, *headers);
        if (list == NULL) return false;
        exchange->headers = list;
    }
    return true;
}

/* An option that libcurl does not know is a refusal. */
#define SET(option, value) \
    if (library.curl_easy_setopt(exchange->easy, option, value) != CURLE_OK) return false

/* The certificates that are trusted; for the other side, or for a proxy that is spoken to by TLS. */
static bool set_authorities(
    ccurl_exchange *exchange, const ccurl_request *request, CURLoption file, CURLoption folder, CURLoption bytes) {
    /* libcurl keeps what it has read of a file for the next connection; with a folder besides, it does not. A system that has
     * only a folder keeps it, also beside certificates of one's own. */
    if (system_authorities != NULL) SET(folder, NULL);
    if (request->authorities != NULL) {
        struct curl_blob blob = {(void *)request->authorities, request->authorities_length, CURL_BLOB_COPY};
        SET(bytes, &blob);
    } else if (system_authorities != NULL) {
        SET(file, system_authorities);
    }
    return true;
}

/* The environment is not asked, whatever it says. */
static bool set_proxy(ccurl_exchange *exchange, const ccurl_request *request) {
    SET(CURLOPT_PROXY, request->proxy == NULL ? "" : request->proxy);
    SET(CURLOPT_NOPROXY, "");
    if (request->proxy == NULL) return true;
    SET(CURLOPT_HTTPPROXYTUNNEL, 1L);
    /* The signed headers are not for the proxy, and its answers are not the cloud's. */
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_SOCKS5_AUTH, (long)CURLAUTH_BASIC);
    if (request->proxy_user != NULL) {
        SET(CURLOPT_PROXYUSERNAME, request->proxy_user);
        SET(CURLOPT_PROXYPASSWORD, request->proxy_password);
    }
    if (strncmp(request->proxy, "https:", 6) != 0) return true;
    SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    return set_authorities(
        exchange, request, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH, CURLOPT_PROXY_CAINFO_BLOB);
}

/* All that libcurl would do by itself is switched off or said. */
static bool configure(ccurl_exchange *exchange, const ccurl_request *request) {
    SET(CURLOPT_PRIVATE, exchange->receiver.context);
    SET(CURLOPT_ERRORBUFFER, exchange->error);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_URL, request->origin);
    SET(CURLOPT_REQUEST_TARGET, request->target);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    /* Decodes what comes encoded, piece by piece; nothing is asked for, because the headers leave the question out. */
    SET(CURLOPT_ACCEPT_ENCODING, "");
    SET(CURLOPT_CONNECTTIMEOUT_MS, request->connect_milliseconds);
    SET(CURLOPT_MAXAGE_CONN, 15L);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->maximum_reply);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (!set_authorities(exchange, request, CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_CAINFO_BLOB)) return false;
    if (has_witness) {
        SET(CURLOPT_SSL_CTX_FUNCTION, take_context);
        SET(CURLOPT_SSL_CTX_DATA, exchange);
    }
    if (!set_proxy(exchange, request)) return false;
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, exchange);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, exchange);
    SET(CURLOPT_HEADERFUNCTION, take_head);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, exchange);
    if (request->body != NULL) {
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_COPYPOSTFIELDS, request->body);
    }
    SET(CURLOPT_CUSTOMREQUEST, request->method);
    SET(CURLOPT_HTTPHEADER, exchange->headers);
    /* Known since 7.87: an exchange that is given up does not wait until a name is found. */
    library.curl_easy_setopt(exchange->easy, CURLOPT_QUICK_EXIT, 1L);
    return true;
}

#undef SET

ccurl_exchange *ccurl_start(
    ccurl_connections *connections, const ccurl_request *request, const ccurl_receiver *receiver) {
    ccurl_exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL) return NULL;
    exchange->receiver = *receiver;
    exchange->easy = library.curl_easy_init();
    if (exchange->easy == NULL) {
        free(exchange);
        return NULL;
    }
    if (!set_headers(exchange, request->headers) || !configure(exchange, request)
        || library.curl_multi_add_handle(connections->multi, exchange->easy) != CURLM_OK) {
        release(exchange);
        return NULL;
    }
    return exchange;
}

void *ccurl_next_ended(ccurl_connections *connections, int *code) {
    CURLMsg *message;
    int left;
    while ((message = library.curl_multi_info_read(connections->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) continue;
        void *context = NULL;
        *code = (int)message->data.result;
        library.curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        return context;
    }
    return NULL;
}

void ccurl_end(ccurl_connections *connections, ccurl_exchange *exchange) {
    library.curl_multi_remove_handle(connections->multi, exchange->easy);
    release(exchange);
}

bool ccurl_has_begun(const ccurl_exchange *exchange) { return exchange->has_begun; }

bool ccurl_was_repeated(const ccurl_exchange *exchange) { return exchange->was_repeated; }

static long number(const ccurl_exchange *exchange, CURLINFO name) {
    long value = 0;
    library.curl_easy_getinfo(exchange->easy, name, &value);
    return value;
}

int ccurl_status(const ccurl_exchange *exchange) { return (int)number(exchange, CURLINFO_RESPONSE_CODE); }

int ccurl_system_error(const ccurl_exchange *exchange) { return (int)number(exchange, CURLINFO_OS_ERRNO); }

int ccurl_proxy_status(const ccurl_exchange *exchange) { return (int)number(exchange, CURLINFO_HTTP_CONNECTCODE); }

bool ccurl_proxy_takes_passwords(const ccurl_exchange *exchange) {
    return (number(exchange, CURLINFO_PROXYAUTH_AVAIL) & (long)CURLAUTH_BASIC) != 0;
}

ccurl_socks ccurl_socks_of(const ccurl_exchange *exchange) {
    switch (number(exchange, CURLINFO_PROXY_ERROR)) {
    case CURLPX_NO_AUTH:
    case CURLPX_USER_REJECTED: return CCURL_SOCKS_LOGIN;
    case CURLPX_REPLY_NOT_ALLOWED: return CCURL_SOCKS_FORBIDDEN;
    case CURLPX_RESOLVE_HOST: return CCURL_SOCKS_HOST_NOT_FOUND;
    case CURLPX_REPLY_CONNECTION_REFUSED:
    case CURLPX_REPLY_GENERAL_SERVER_FAILURE:
    case CURLPX_REPLY_HOST_UNREACHABLE:
    case CURLPX_REPLY_NETWORK_UNREACHABLE:
    case CURLPX_REPLY_TTL_EXPIRED: return CCURL_SOCKS_NO_WAY;
    default: return CCURL_SOCKS_OTHER;
    }
}

/* OpenSSL's number for its error, from "error:0A00010B:SSL routines::wrong version number"; 0 if it has said none. */
static int tls_reason(const ccurl_exchange *exchange) {
    const char *start = strstr(exchange->error, "error:");
    unsigned long code = start == NULL ? 0 : strtoul(start + 6, NULL, 16);
    /* Before 3.0 the number of a function stood between library and reason. */
    return (int)(code & 0xFFF);
}

void ccurl_tls_of(const ccurl_exchange *exchange, ccurl_tls *tls) {
    *tls = (ccurl_tls){
        .is_watched = exchange->witness.is_attached,
        .verification = exchange->witness.verification,
        .was_asked_for_certificate = exchange->witness.was_asked_for_certificate,
        .reason = tls_reason(exchange),
        .certificate = exchange->witness.certificate,
        .length = exchange->witness.length,
    };
}

ccurl_meaning ccurl_meaning_of(int code) {
    switch (code) {
    case CURLE_OK: return CCURL_DONE;
    case CURLE_COULDNT_RESOLVE_PROXY: return CCURL_PROXY_NOT_FOUND;
    case CURLE_PROXY: return CCURL_SOCKS;
    case CURLE_BAD_CONTENT_ENCODING: return CCURL_ENCODING;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2: return CCURL_PROTOCOL;
    case CURLE_PEER_FAILED_VERIFICATION: return CCURL_CERTIFICATE;
    case CURLE_COULDNT_RESOLVE_HOST: return CCURL_HOST_NOT_FOUND;
    case CURLE_COULDNT_CONNECT: return CCURL_NO_CONNECTION;
    case CURLE_OPERATION_TIMEDOUT: return CCURL_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT: return CCURL_TLS;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_SSL_SHUTDOWN_FAILED: return CCURL_LOST;
    case CURLE_FILESIZE_EXCEEDED: return CCURL_TOO_LARGE;
    case CURLE_WRITE_ERROR: return CCURL_REFUSED_BY_RECEIVER;
    default: return CCURL_OTHER;
    }
}

const char *ccurl_words(int code) { return library.curl_easy_strerror((CURLcode)code); }

/* MARK: Measurements */

static size_t drop(char *bytes, size_t size, size_t count, void *argument) {
    (void)bytes, (void)argument;
    return size * count;
}

int ccurl_measure(const char *url, const char *const *headers, int count) {
    CURL *easy = library.curl_easy_init();
    if (easy == NULL) return CURLE_OUT_OF_MEMORY;
    struct curl_slist *list = NULL;
    for (; *headers != NULL; headers++) list = library.curl_slist_append(list, *headers);
    library.curl_easy_setopt(easy, CURLOPT_URL, url);
    library.curl_easy_setopt(easy, CURLOPT_PROXY, "");
    library.curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    library.curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
    library.curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    CURLcode code = CURLE_OK;
    for (int each = 0; each < count && code == CURLE_OK; each++) code = library.curl_easy_perform(easy);
    library.curl_easy_cleanup(easy);
    library.curl_slist_free_all(list);
    return (int)code;
}
