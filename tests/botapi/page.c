/* SPDX-License-Identifier: LicenseRef-Proprietary */
#include "tests/botapi/page.h"

#include <string.h>

#define CARRY(name, file)                                                              \
    __asm__(".section .rodata\n" #name "_start:\n.incbin \"" file "\"\n" #name         \
            "_end:\n.byte 0\n.previous\n");                                            \
    extern const char name##_start[], name##_end[]

CARRY(page_html, "tests/botapi/page/index.html");
CARRY(page_css, "tests/botapi/page/chat.css");
CARRY(page_js, "tests/botapi/page/chat.js");
CARRY(page_render, "tests/botapi/page/render.js");
CARRY(page_sheet, "tests/botapi/page/sheet.js");
CARRY(page_camera, "tests/botapi/page/camera.js");
CARRY(page_split, "tests/botapi/page/split.js");
CARRY(page_app, "tests/botapi/page/app.js");

static const struct carried {
    const char *path, *type, *start, *end;
} files[] = {
    {"/", "text/html; charset=utf-8", page_html_start, page_html_end},
    {"/index.html", "text/html; charset=utf-8", page_html_start, page_html_end},
    {"/chat.css", "text/css; charset=utf-8", page_css_start, page_css_end},
    {"/chat.js", "text/javascript; charset=utf-8", page_js_start, page_js_end},
    {"/render.js", "text/javascript; charset=utf-8", page_render_start,
     page_render_end},
    {"/sheet.js", "text/javascript; charset=utf-8", page_sheet_start, page_sheet_end},
    {"/camera.js", "text/javascript; charset=utf-8", page_camera_start,
     page_camera_end},
    {"/split.js", "text/javascript; charset=utf-8", page_split_start, page_split_end},
    {"/app.js", "text/javascript; charset=utf-8", page_app_start, page_app_end},
};

bool page_serve(struct req *r, const char *path)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (strcmp(files[i].path, path) == 0) {
            req_answer(r,
                       &(struct answer){.code = 200,
                                        .type = files[i].type,
                                        .header = "Cache-Control: no-cache\r\n",
                                        .body = files[i].start,
                                        .n = (size_t)(files[i].end - files[i].start)});
            return true;
        }
    return false;
}
