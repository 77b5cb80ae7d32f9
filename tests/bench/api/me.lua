-- SPDX-License-Identifier: LicenseRef-Proprietary
-- GET /api/v1/auth/me by turns with each of the tokens of the file TOKENS.
local requests, at = {}, 0

function init()
    for token in io.lines(os.getenv("TOKENS")) do
        requests[#requests + 1] = wrk.format("GET", "/api/v1/auth/me",
            { Authorization = "Bearer " .. token })
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end
