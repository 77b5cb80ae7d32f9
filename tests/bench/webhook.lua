-- SPDX-License-Identifier: LicenseRef-Proprietary
-- Updates of 1 KB for wrk, each with an update_id of its own. FIRST_ID says where they
-- begin, so that no round repeats another's.
local id = tonumber(os.getenv('FIRST_ID') or '1')
local text = string.rep('Здравствуйте, сколько у меня баллов? ', 9)
local tail = ',"message":{"message_id":4711,"from":{"id":%d,"is_bot":false,"first_name":"Анна",'
    .. '"last_name":"Петрова","username":"anna_p","language_code":"ru"},"chat":{"id":%d,'
    .. '"first_name":"Анна","last_name":"Петрова","username":"anna_p","type":"private"},'
    .. '"date":1795150000,"text":"' .. text .. '"}}'
local bodies = {}
for i = 1, 1000 do -- a thousand customers
    local who = 5000000000 + i * 7919
    bodies[i] = string.format(tail, who, who)
    local short = 1024 - #bodies[i] - 24
    if short > 0 then
        bodies[i] = bodies[i]:gsub('"text":"', '"text":"' .. string.rep('.', short), 1)
    end
end
local headers = {
    ['Content-Type'] = 'application/json',
    ['X-Telegram-Bot-Api-Secret-Token'] = os.getenv('SECRET') or 'none',
}

function request()
    id = id + 1
    return wrk.format('POST', '/telegram/client', headers,
        '{"update_id":' .. id .. bodies[id % 1000 + 1])
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format('result %d %d %d %d %d\n', summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
