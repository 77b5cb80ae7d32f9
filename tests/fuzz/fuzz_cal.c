/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * Dates, amounts and names as people type them, and the rules of time zones. */
#include "core/base/buf.h"
#include "core/base/cal.h"
#include "core/base/money.h"
#include "core/base/tz_rule.h"
#include "core/base/utf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(bool fine)
{
    if (!fine)
        abort();
}

static void date(const char *s, size_t n)
{
    struct buf b = {0};
    struct date d, again;

    if (cal_read_yearless(s, n, &d) == CAL_FINE)
        check(d.year == 0 && cal_valid((struct date){2000, d.month, d.day}));
    if (cal_read(s, n, &d) != CAL_FINE)
        return;
    check(cal_valid(d));
    check(cal_day(cal_date(cal_day(d))) == cal_day(d));
    buf_addf(&b, "%d.%d.%04d", d.day, d.month, d.year);
    check(cal_read(b.s, b.len, &again) == CAL_FINE && cal_day(again) == cal_day(d));
    buf_free(&b);
}

static void amount(const char *s, size_t n)
{
    struct buf b = {0};
    int64_t v, again;

    if (money_read(s, n, INT64_MAX, &v) != ST_OK)
        return;
    check(v >= 0 && money_percent(v, 1000) <= v / 10);
    money_add(&b, v, "ru");
    b.len -= strlen("\xE2\x80\xAF₽");
    check(v % 100 == 0 || b.s[b.len - 3] == ',');
    check(money_read(b.s, b.len, INT64_MAX, &again) == ST_OK && again == v);
    buf_free(&b);
}

/* A name made safe stays as it is when made safe again. */
static void name(const char *s, size_t n)
{
    struct buf once = {0}, twice = {0};

    utf_add_name(&once, s, n, 20);
    check(utf_valid(once.s, once.len) && utf16_len(once.s, once.len) <= 40);
    utf_add_name(&twice, once.s, once.len, 20);
    check(once.len == twice.len && memcmp(once.s, twice.s, once.len) == 0);
    buf_free(&once);
    buf_free(&twice);
}

static void rule(const char *s, size_t n)
{
    struct tz_rule r;

    if (tz_rule_parse(s, n, &r) != ST_OK)
        return;
    for (int64_t t = -4000000000; t < 40000000000; t += 987654321) {
        struct tz_span span = tz_rule_span(&r, t);

        check(span.from <= t && t < span.until);
        check(span.offset == r.standard || (r.changes && span.offset == r.summer));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    date((const char *)data, n);
    amount((const char *)data, n);
    name((const char *)data, n);
    rule((const char *)data, n);
    return 0;
}
