#pragma once

#include <curl/curl.h>

// Swift imports neither variadic functions nor function-like macros: each function below is curl_easy_setopt or
// curl_easy_getinfo for one type of value.

typedef size_t (*grf_curl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*grf_curl_seeker)(void *context, curl_off_t offset, int origin);
typedef int (*grf_curl_watcher)(
    void *context, curl_off_t total, curl_off_t received, curl_off_t uploads, curl_off_t uploaded);

static inline CURLcode grf_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode grf_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

// libcurl keeps a copy of the text.
static inline CURLcode grf_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// The list must live until the request is over.
static inline CURLcode grf_curl_set_headers(CURL *handle, struct curl_slist *headers) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode grf_curl_set_context(CURL *handle, CURLoption option, void *context) {
    return curl_easy_setopt(handle, option, context);
}

static inline CURLcode grf_curl_set_receiver(CURL *handle, CURLoption option, grf_curl_receiver receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

static inline CURLcode grf_curl_set_seeker(CURL *handle, grf_curl_seeker seeker) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, seeker);
}

static inline CURLcode grf_curl_set_size(CURL *handle, CURLoption option, curl_off_t size) {
    return curl_easy_setopt(handle, option, size);
}

static inline CURLcode grf_curl_set_watcher(CURL *handle, grf_curl_watcher watcher) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
}

// Nothing but HTTP and HTTPS, whatever else this libcurl was built with.
static inline CURLcode grf_curl_allow_only_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

// Text, which lives as long as the handle is not used again; NULL where there is none.
static inline const char *grf_curl_redirect_target(CURL *handle) {
    char *target = NULL;
    return curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &target) == CURLE_OK ? target : NULL;
}

// A time in microseconds or a number of seconds; 0 where it is not known.
static inline curl_off_t grf_curl_number(CURL *handle, CURLINFO info) {
    curl_off_t number = 0;
    return curl_easy_getinfo(handle, info, &number) == CURLE_OK ? number : 0;
}
