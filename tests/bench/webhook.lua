-- SPDX-License-Identifier: LicenseRef-Proprietary
-- Updates of 1 KB for wrk, each with an update_id of its own from FIRST_ID on, from a
-- thousand customers. The requests are put together by hand and are all of one length, so
-- that wrk spends little on them.
local BYTES = 1024
local id = 1000000000 + tonumber(os.getenv('FIRST_ID') or '1')
local head = 'POST /telegram/client HTTP/1.1\r\nHost: 127.0.0.1\r\n'
    .. 'Content-Type: application/json\r\nContent-Length: ' .. BYTES
    .. '\r\nX-Telegram-Bot-Api-Secret-Token: ' .. (os.getenv('SECRET') or 'none')
    .. '\r\n\r\n{"update_id":'
local body = ',"message":{"message_id":4711,"from":{"id":%d,"is_bot":false,"first_name":'
    .. '"Анна","last_name":"Петрова","username":"anna_p","language_code":"ru"},"chat":'
    .. '{"id":%d,"first_name":"Анна","last_name":"Петрова","username":"anna_p","type":'
    .. '"private"},"date":1795150000,"text":"%s"}}'
local words = string.rep('Здравствуйте, сколько у меня баллов? ', 9)
local tails = {}
for i = 0, 999 do
    local who = 5000000000 + i * 7919
    local room = BYTES - #'{"update_id":' - 10 - #string.format(body, who, who, words)
    tails[i] = string.format(body, who, who, words .. string.rep('.', room))
end

function request()
    id = id + 1
    return head .. id .. tails[id % 1000]
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format('result %d %d %d %d %d\n', summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
