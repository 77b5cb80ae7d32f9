-- Ten for each customer, over the last 90 days, as retention leaves them.
SET @m0 = UTC_DATE() - INTERVAL 90 DAY, @span = 104 * 86400;

INSERT INTO message (id, state, sender, recipient, customer_id, purpose, on_unsure, payload,
    external_id, why, attempts, created_at, claimed_at, sent_at)
SELECT id, state, 1, 1000000000 + who * 7, who, 1 + h % 3, 1,
    '{"kind":"text","text":"Ваша скидка 10 % ждёт вас до конца месяца. Покажите код на кассе, и мы всё сделаем сами.","keys":[["Показать код","v1:card:show"]]}',
    IF(state = 3, id, NULL), IF(state IN (4, 5), 'blocked', NULL), IF(state = 5, 0, 1),
    made, IF(state = 5, NULL, made + INTERVAL 1 SECOND),
    IF(state = 3, made + INTERVAL 2 SECOND, NULL)
FROM (SELECT seq AS id, CRC32(CONCAT('n', seq)) AS h,
             1 + CRC32(CONCAT('o', seq)) % @rows AS who,
             CASE WHEN CRC32(CONCAT('r', seq)) % 1000 < 965 THEN 3
                  WHEN CRC32(CONCAT('r', seq)) % 1000 < 975 THEN 4
                  WHEN CRC32(CONCAT('r', seq)) % 1000 < 995 THEN 5
                  WHEN CRC32(CONCAT('r', seq)) % 1000 < 996 THEN 6 ELSE 7 END AS state,
             @m0 + INTERVAL FLOOR(seq / (10 * @rows) * @span * 1e6) MICROSECOND AS made
      FROM seq_1_to_1000000000 WHERE seq <= 10 * @rows) m;
