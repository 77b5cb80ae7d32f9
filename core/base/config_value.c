/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "core/base/config_value.h"

#include "core/base/redis_url.h"
#include "core/base/tz.h"
#include "core/base/utf.h"

#include <arpa/inet.h>
#include <string.h>

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define KEY_SYMBOLS LETTERS DIGITS "_-"

#define TOKEN_ID_MAX 19
#define TOKEN_KEY_MIN 30
#define HOOK_MAX 256
#define KEY_MIN 32

static bool only(const char *v, const char *allowed, size_t min, size_t max)
{
    size_t n = strlen(v);

    return n >= min && n <= max && strspn(v, allowed) == n;
}

static bool read_number(const char *v, int64_t *out)
{
    *out = 0;
    if (!only(v, DIGITS, 1, 19))
        return false;
    for (; *v != '\0'; v++)
        if (__builtin_mul_overflow(*out, 10, out) ||
            __builtin_add_overflow(*out, *v - '0', out))
            return false;
    return true;
}

static bool number_within(const char *v, int64_t min, int64_t max)
{
    int64_t n;

    return read_number(v, &n) && n >= min && n <= max;
}

static bool fits_text(const char *v)
{
    for (const char *p = v; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return false;
    return utf_valid(v, strlen(v));
}

static bool fits_path(const char *v)
{
    return v[0] == '/' && fits_text(v);
}

static bool fits_host(const char *v)
{
    return only(v, LETTERS DIGITS "._-", 1, 253) ||
           only(v, DIGITS "abcdefABCDEF:.", 2, 45);
}

static bool fits_schema(const char *v)
{
    return only(v, KEY_SYMBOLS "$", 1, 64);
}

static bool fits_port(const char *v)
{
    return number_within(v, 1, 65535);
}

static bool fits_shards(const char *v)
{
    return number_within(v, 1, 32);
}

static bool fits_processes(const char *v)
{
    return number_within(v, 1, 256);
}

static bool fits_hands(const char *v)
{
    return number_within(v, 1, 64);
}

static bool fits_rate(const char *v)
{
    return number_within(v, 0, 1000000);
}

static bool fits_network(const char *v, size_t n)
{
    unsigned char bytes[16];
    char address[64], *slash;
    bool v4;

    if (n >= sizeof address)
        return false;
    memcpy(address, v, n);
    address[n] = '\0';
    slash = strchr(address, '/');
    if (slash != NULL)
        *slash++ = '\0';
    v4 = inet_pton(AF_INET, address, bytes) == 1;
    return (v4 || inet_pton(AF_INET6, address, bytes) == 1) &&
           (slash == NULL || number_within(slash, 0, v4 ? 32 : 128));
}

static bool fits_proxies(const char *v)
{
    size_t n;

    do {
        n = strcspn(v, ",");
        if (!fits_network(v, n))
            return false;
        v += n;
    } while (*v++ == ',');
    return true;
}

static bool fits_id(const char *v)
{
    return number_within(v, 1, INT64_MAX);
}

/* host, host:port, [v6], [v6]:port in s[0..n) */
static bool fits_authority(const char *s, size_t n, bool port_needed, int64_t port_min)
{
    char host[256], *port;

    if (n == 0 || n >= sizeof host)
        return false;
    memcpy(host, s, n);
    host[n] = '\0';
    port = host[0] == '[' ? strchr(host, ']') : strrchr(host, ':');
    if (host[0] == '[') {
        if (port == NULL || (port[1] != ':' && port[1] != '\0'))
            return false;
        *port++ = '\0';
        if (!only(host + 1, DIGITS "abcdefABCDEF:.", 2, 45))
            return false;
        port = *port == ':' ? port : NULL;
    }
    if (port != NULL)
        *port++ = '\0';
    if (host[0] != '[' && !only(host, LETTERS DIGITS "._-", 1, 253))
        return false;
    return port == NULL ? !port_needed : number_within(port, port_min, 65535);
}

static bool fits_listen(const char *v)
{
    return fits_authority(v, strlen(v), true, 0);
}

/* Behind "scheme://": [user[:password]@]authority[/…] */
static bool fits_url_rest(const char *v, bool may_log_in)
{
    size_t n = strcspn(v, "/?#");
    const char *at = memrchr(v, '@', n);

    if (!fits_text(v) || strchr(v, ' ') != NULL || (at != NULL && !may_log_in))
        return false;
    if (at != NULL) {
        n -= (size_t)(at + 1 - v);
        v = at + 1;
    }
    return fits_authority(v, n, false, 1);
}

static const char *behind(const char *v, const char *scheme)
{
    size_t n = strlen(scheme);

    return strncmp(v, scheme, n) == 0 ? v + n : NULL;
}

static bool fits_schemes(const char *v, const char *const *schemes, bool may_log_in)
{
    const char *rest = NULL;

    while (rest == NULL && *schemes != NULL)
        rest = behind(v, *schemes++);
    return rest != NULL && fits_url_rest(rest, may_log_in);
}

static bool fits_url(const char *v)
{
    static const char *const schemes[] = {"https://", "http://", NULL};

    return fits_schemes(v, schemes, false);
}

static bool fits_proxy(const char *v)
{
    static const char *const schemes[] = {"http://", "https://", "socks5://",
                                          "socks5h://", NULL};

    return fits_schemes(v, schemes, true);
}

static bool fits_public(const char *v)
{
    static const char *const schemes[] = {"https://", NULL};

    return fits_schemes(v, schemes, false) && strpbrk(v, "?#") == NULL;
}

static bool fits_redis(const char *v)
{
    struct redis_url url;
    const char *why;

    return redis_url_parse(v, &url, &why) == ST_OK;
}

static bool fits_token(const char *v)
{
    size_t id = strspn(v, DIGITS);

    return id >= 1 && id <= TOKEN_ID_MAX && v[id] == ':' &&
           only(v + id + 1, KEY_SYMBOLS, TOKEN_KEY_MIN, 256);
}

static bool fits_hook(const char *v)
{
    return only(v, KEY_SYMBOLS, 1, HOOK_MAX);
}

static bool fits_key(const char *v)
{
    return strlen(v) >= KEY_MIN;
}

static bool fits_zone(const char *v)
{
    struct tz *tz = tz_open(v);
    bool there = tz != NULL;

    tz_close(tz);
    return there;
}

static bool one_of(const char *v, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(v, *words) == 0)
            return true;
    return false;
}

static bool fits_updates(const char *v)
{
    return one_of(v, (const char *const[]){"webhook", "polling", NULL});
}

static bool fits_level(const char *v)
{
    return one_of(v, (const char *const[]){"debug", "info", "warn", "error", NULL});
}

static bool fits_format(const char *v)
{
    return one_of(v, (const char *const[]){"json", "text", NULL});
}

static const struct {
    bool (*fits)(const char *v);
    const char *fault;
    bool number;
} kinds[] = {
    [CONFIG_TEXT] = {fits_text, "holds control characters or is not UTF-8"},
    [CONFIG_PATH] = {fits_path, "is not an absolute path"},
    [CONFIG_HOST] = {fits_host, "is not a host name or an address"},
    [CONFIG_SCHEMA] = {fits_schema,
                       "is not a database name (1 to 64 of A-Z a-z 0-9 _ - $)"},
    [CONFIG_PORT] = {fits_port, "is not a port (1 to 65535)", true},
    [CONFIG_SHARDS] = {fits_shards, "is not a number from 1 to 32", true},
    [CONFIG_PROCESSES] = {fits_processes, "is not a number from 1 to 256", true},
    [CONFIG_HANDS] = {fits_hands, "is not a number from 1 to 64", true},
    [CONFIG_RATE] = {fits_rate, "is not a number from 0 to 1000000", true},
    [CONFIG_PROXIES] = {fits_proxies, "is not a list of addresses and networks (as "
                                      "127.0.0.1,10.0.0.0/8)"},
    [CONFIG_ID] = {fits_id, "is not a Telegram user id (a whole number)", true},
    [CONFIG_REDIS] = {fits_redis, "is not the address of a Redis"},
    [CONFIG_TOKEN] = {fits_token, "is not a bot token (digits, a colon, 30 or more of "
                                  "A-Z a-z 0-9 _ -, as @BotFather gives it)"},
    [CONFIG_URL] = {fits_url, "is not an http:// or https:// address"},
    [CONFIG_PROXY] =
        {fits_proxy,
         "is not an address with http://, https://, socks5:// or socks5h://"},
    [CONFIG_PUBLIC] = {fits_public, "is not an https:// address"},
    [CONFIG_HOOK] = {fits_hook, "is not 1 to 256 of A-Z a-z 0-9 _ -"},
    [CONFIG_KEY] = {fits_key, "is too short: 32 bytes at least"},
    [CONFIG_LISTEN] = {fits_listen,
                       "is not host:port (as 127.0.0.1:8000 or [::1]:8000)"},
    [CONFIG_ZONE] = {fits_zone,
                     "is not a time zone this system knows (as Europe/Berlin)"},
    [CONFIG_UPDATES] = {fits_updates, "is neither webhook nor polling"},
    [CONFIG_LEVEL] = {fits_level, "is none of debug, info, warn, error"},
    [CONFIG_FORMAT] = {fits_format, "is neither json nor text"},
};

const char *config_value_fault(enum config_kind kind, const char *v)
{
    struct redis_url url;
    const char *why;

    /* Its parser knows what is wrong with it. */
    if (kind == CONFIG_REDIS)
        return redis_url_parse(v, &url, &why) == ST_OK ? NULL : why;
    return kinds[kind].fits(v) ? NULL : kinds[kind].fault;
}

bool config_kind_is_number(enum config_kind kind)
{
    return kinds[kind].number;
}

int64_t config_value_number(const char *v)
{
    int64_t n;

    return read_number(v, &n) ? n : 0;
}
