/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * The loop: events, timers, signals, hooks, and callbacks that change all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/io/loop.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct spy {
    struct loop *loop;
    char seen[64]; /* a letter an event, in their order */
    int n, fd, other;
    struct loop_timer a, b, c;
};

static void note(struct spy *s, char letter)
{
    if (s->n < 60)
        s->seen[s->n++] = letter;
}

static void on_a(void *arg)
{
    note(arg, 'a');
}
static void on_b(void *arg)
{
    note(arg, 'b');
}
static void on_stop(void *arg)
{
    struct spy *s = arg;

    note(s, '.');
    loop_stop(s->loop);
}

static int begin(void **state)
{
    static struct spy s;

    memset(&s, 0, sizeof(s));
    s.loop = loop_new();
    *state = &s;
    return s.loop ? 0 : -1;
}

static int end(void **state)
{
    struct spy *s = *state;

    loop_free(s->loop);
    return 0;
}

static void timers_fire_in_order_of_their_due_times(void **state)
{
    struct spy *s = *state;

    loop_after(s->loop, &s->c, 30, on_stop, s);
    loop_after(s->loop, &s->b, 20, on_b, s);
    loop_after(s->loop, &s->a, 1, on_a, s);
    loop_run(s->loop);
    assert_string_equal(s->seen, "ab.");
}

static void a_timer_set_again_moves(void **state)
{
    struct spy *s = *state;

    loop_after(s->loop, &s->a, 1, on_a, s);
    loop_after(s->loop, &s->b, 10, on_b, s);
    loop_after(s->loop, &s->a, 20, on_a, s);
    loop_after(s->loop, &s->c, 30, on_stop, s);
    loop_run(s->loop);
    assert_string_equal(s->seen, "ba.");
}

static void cancel_b_and_c(void *arg)
{
    struct spy *s = arg;

    note(s, 'x');
    loop_cancel(&s->b);
    loop_after(s->loop, &s->c, 0, on_stop, s);
}

/* All three are due in one turn: what the first one cancels must not fire. */
static void a_timer_cancels_others_that_are_due_too(void **state)
{
    struct spy *s = *state;
    int64_t till;

    loop_after(s->loop, &s->a, 0, cancel_b_and_c, s);
    loop_after(s->loop, &s->b, 1, on_b, s);
    for (till = clock_mono_ms() + 3; clock_mono_ms() < till;)
        ;
    loop_run(s->loop);
    assert_string_equal(s->seen, "x.");
}

static void again(void *arg)
{
    struct spy *s = arg;

    note(s, 'a');
    if (s->n < 5)
        loop_after(s->loop, &s->a, 0, again, s);
    else
        loop_stop(s->loop);
}

static void hook(void *arg)
{
    note(arg, '|');
}

static void a_timer_set_from_itself_waits_for_the_next_turn(void **state)
{
    struct spy *s = *state;

    assert_int_equal(loop_each_turn(s->loop, hook, s), ST_OK);
    loop_after(s->loop, &s->a, 0, again, s);
    loop_run(s->loop);
    assert_null(strstr(s->seen, "aa"));
    assert_non_null(strstr(s->seen, "a|a|"));
}

static void on_read(void *arg, int fd, unsigned events)
{
    struct spy *s = arg;
    char c;

    assert_true(events & LOOP_READ);
    if (read(fd, &c, 1) != 1)
        c = '!';
    note(s, c);
    if (c == '.')
        loop_stop(s->loop);
}

static void an_event_is_told_until_it_is_read(void **state)
{
    struct spy *s = *state;
    int fd[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    assert_int_equal(loop_watch(s->loop, fd[0], LOOP_READ, on_read, s), ST_OK);
    assert_int_equal(write(fd[1], "xyz.", 4), 4);
    loop_run(s->loop);
    assert_string_equal(s->seen, "xyz.");
    loop_forget(s->loop, fd[0]);
    close(fd[0]);
    close(fd[1]);
}

static void forget_other(void *arg, int fd, unsigned events)
{
    struct spy *s = arg;

    (void)events;
    note(s, 'f');
    loop_forget(s->loop, fd);
    loop_forget(s->loop, s->fd == fd ? s->other : s->fd);
    loop_after(s->loop, &s->a, 5, on_stop, s);
}

static void who_is_forgotten_in_a_turn_hears_nothing_more_of_it(void **state)
{
    struct spy *s = *state;
    int p[2], q[2];

    assert_int_equal(pipe(p), 0);
    assert_int_equal(pipe(q), 0);
    s->fd = p[0];
    s->other = q[0];
    assert_int_equal(write(p[1], "1", 1), 1);
    assert_int_equal(write(q[1], "1", 1), 1);
    assert_int_equal(loop_watch(s->loop, p[0], LOOP_READ, forget_other, s), ST_OK);
    assert_int_equal(loop_watch(s->loop, q[0], LOOP_READ, forget_other, s), ST_OK);
    loop_run(s->loop);
    assert_string_equal(s->seen, "f.");
    for (int i = 0; i < 2; i++) {
        close(p[i]);
        close(q[i]);
    }
}

/* A descriptor closed and opened again under its old number within a turn: the old
 * one's event is not news of the new one. */
static void reuse_other(void *arg, int fd, unsigned events)
{
    struct spy *s = arg;
    int old = s->fd == fd ? s->other : s->fd;
    int fresh[2];

    (void)events;
    note(s, 'r');
    loop_forget(s->loop, fd);
    loop_forget(s->loop, old);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fresh), 0);
    assert_int_equal(dup2(fresh[0], old), old);
    assert_int_equal(loop_watch(s->loop, old, LOOP_READ, on_read, s), ST_OK);
    close(fresh[0]);
    loop_after(s->loop, &s->b, 5, on_stop, s);
    s->other = fresh[1];
}

static void an_old_event_is_no_news_of_a_reused_number(void **state)
{
    struct spy *s = *state;
    int p[2], q[2];

    assert_int_equal(pipe(p), 0);
    assert_int_equal(pipe(q), 0);
    s->fd = p[0];
    s->other = q[0];
    assert_int_equal(write(p[1], "1", 1), 1);
    assert_int_equal(write(q[1], "1", 1), 1);
    assert_int_equal(loop_watch(s->loop, p[0], LOOP_READ, reuse_other, s), ST_OK);
    assert_int_equal(loop_watch(s->loop, q[0], LOOP_READ, reuse_other, s), ST_OK);
    loop_run(s->loop);
    assert_string_equal(s->seen, "r.");
    close(s->other);
    for (int i = 0; i < 2; i++) {
        close(p[i]);
        close(q[i]);
    }
}

static void hang_up(void *arg, int fd, unsigned events)
{
    struct spy *s = arg;

    note(s, events & LOOP_READ ? 'h' : '?');
    loop_forget(s->loop, fd);
    loop_stop(s->loop);
}

static void a_hang_up_is_told_as_what_was_waited_for(void **state)
{
    struct spy *s = *state;
    int fd[2];

    assert_int_equal(pipe(fd), 0);
    assert_int_equal(loop_watch(s->loop, fd[0], LOOP_READ, hang_up, s), ST_OK);
    close(fd[1]);
    loop_run(s->loop);
    assert_string_equal(s->seen, "h");
    close(fd[0]);
}

static void a_signal_is_an_event(void **state)
{
    struct spy *s = *state;
    sigset_t set;

    assert_int_equal(loop_on_signal(s->loop, SIGUSR1, on_a, s), ST_OK);
    assert_int_equal(loop_on_signal(s->loop, SIGUSR2, on_stop, s), ST_OK);
    raise(SIGUSR1);
    raise(SIGUSR2);
    loop_run(s->loop);
    assert_string_equal(s->seen, "a.");
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void hooks_run_in_order_after_the_events(void **state)
{
    struct spy *s = *state;

    assert_int_equal(loop_each_turn(s->loop, on_a, s), ST_OK);
    assert_int_equal(loop_each_turn(s->loop, on_b, s), ST_OK);
    loop_after(s->loop, &s->c, 0, on_stop, s);
    loop_run(s->loop);
    assert_string_equal(s->seen + strlen(s->seen) - 3, ".ab");
}

static void one_hook_too_many_is_refused(void **state)
{
    struct spy *s = *state;

    for (int i = 0; i < LOOP_HOOKS_MAX; i++)
        assert_int_equal(loop_each_turn(s->loop, on_a, s), ST_OK);
    assert_int_equal(loop_each_turn(s->loop, on_a, s), ST_BROKEN);
}

static void the_clock_stands_still_within_a_turn(void **state)
{
    struct spy *s = *state;

    loop_after(s->loop, &s->a, 2, on_stop, s);
    loop_run(s->loop);
    assert_true(loop_mono_ms(s->loop) <= clock_mono_ms());
    assert_true(loop_now(s->loop) > 1577836800 * SECOND);
    int64_t at = loop_now(s->loop);
    for (int64_t till = clock_mono_ms() + 3; clock_mono_ms() < till;)
        ;
    assert_int_equal(loop_now(s->loop), at);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(timers_fire_in_order_of_their_due_times),
        TEST(a_timer_set_again_moves),
        TEST(a_timer_cancels_others_that_are_due_too),
        TEST(a_timer_set_from_itself_waits_for_the_next_turn),
        TEST(an_event_is_told_until_it_is_read),
        TEST(who_is_forgotten_in_a_turn_hears_nothing_more_of_it),
        TEST(an_old_event_is_no_news_of_a_reused_number),
        TEST(a_hang_up_is_told_as_what_was_waited_for),
        TEST(a_signal_is_an_event),
        TEST(hooks_run_in_order_after_the_events),
        TEST(one_hook_too_many_is_refused),
        TEST(the_clock_stands_still_within_a_turn),
    };

    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
