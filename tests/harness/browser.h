/* SPDX-License-Identifier: LicenseRef-Proprietary
 *
 * tests/harness/browser.h - scripts of tests/panel, run by node: pages as people see them
 * in a real Chromium (tests/panel/browser.mjs), and what is made of our description. */
#ifndef TESTS_HARNESS_BROWSER_H
#define TESTS_HARNESS_BROWSER_H

/* Runs tests/panel/NAME and fails the test with what it wrote unless it ends with
 * status 0. What it needs to know is put into the environment before. */
void browser_runs(const char *name);

#endif
