-- Customers, their words, tags and consents, discounts, redemptions, the audit. Chance is
-- CRC32 of a letter and the number: the same each time.
SET @t0 = UTC_DATE() - INTERVAL 365 DAY, @span = 379 * 86400, @now = UTC_TIMESTAMP(6);

-- 93 % reachable, 5 % have blocked us, 2 % are erased.
INSERT INTO customer (id, channel, external_id, first_name, last_name, username, source,
    status, subscribed, subscribed_at, pd_ok, marketing_ok, birth_date, birth_set_at,
    phone, phone_hash, phone_at, last_seen_at, created_at)
SELECT id, 1, IF(gone, NULL, 1000000000 + id * 7), IF(gone, '', first), IF(gone, '', last),
    IF(gone OR a % 10 > 5, '', CONCAT('guest_', id)),
    IF(gone OR b % 10 < 4, '', CONCAT('s_', b % 25 + 1)),
    CASE WHEN gone THEN 3 WHEN a % 100 < 7 THEN 2 ELSE 1 END,
    NOT gone AND c % 10 < 8, IF(gone OR c % 10 = 9, NULL, made), NOT gone,
    NOT gone AND a % 100 >= 7 AND b % 10 < 7,
    IF(gone OR c % 20 > 10, NULL, '1950-01-01' + INTERVAL c % 19000 DAY),
    IF(gone OR c % 20 > 10, NULL, made),
    IF(gone OR a % 2, NULL, phone), IF(gone OR a % 2, NULL, UNHEX(SHA2(phone, 256))),
    IF(gone OR a % 2, NULL, made),
    IF(gone, made, LEAST(made + INTERVAL b % 8000000 SECOND, @now)), made
FROM (SELECT seq AS id, @t0 + INTERVAL FLOOR(seq / @rows * @span * 1e6) MICROSECOND AS made,
             CRC32(CONCAT('a', seq)) AS a, CRC32(CONCAT('b', seq)) AS b,
             CRC32(CONCAT('c', seq)) AS c, CRC32(CONCAT('a', seq)) % 100 < 2 AS gone,
             CONCAT('+79', LPAD(CRC32(CONCAT('p', seq)) % 1000000000, 9, '0')) AS phone,
             ELT(1 + CRC32(CONCAT('f', seq)) % 24, 'Анна', 'Мария', 'Елена', 'Дарья',
                 'Алина', 'Ирина', 'Екатерина', 'Ольга', 'Наталья', 'Светлана', 'Юлия',
                 'Татьяна', 'Александр', 'Дмитрий', 'Максим', 'Сергей', 'Андрей',
                 'Алексей', 'Артём', 'Илья', 'Кирилл', 'Михаил', 'Никита', 'Иван') AS first,
             CONCAT(ELT(1 + CRC32(CONCAT('l', seq)) % 20, 'Смирн', 'Иван', 'Кузнец',
                 'Соколо', 'Поп', 'Лебед', 'Козл', 'Нови', 'Мороз', 'Петр', 'Волк',
                 'Соловь', 'Василь', 'Зайц', 'Павл', 'Семён', 'Голуб', 'Виноград',
                 'Богдан', 'Воробь'), ELT(1 + CRC32(CONCAT('m', seq)) % 50, 'ов', 'ова',
                 'ев', 'ева', 'енко', 'ский', 'ская', 'ин', 'ина', 'чук', 'ук', 'як', 'ко',
                 'ий', 'ых', 'иков', 'икова', 'кин', 'кина', 'ашов', 'ашова', 'юк', 'ец',
                 'ань', 'арь', 'овский', 'овская', 'ников', 'никова', 'енков', 'ченко', 'ян',
                 'дзе', 'швили', 'оев', 'оева', 'ыгин', 'ыгина', 'унов', 'унова', 'ягин',
                 'ягина', 'ушкин', 'ушкина', 'ёнок', 'аев', 'аева', 'аков', 'акова', 'ело')) AS last
      FROM seq_1_to_100000000 WHERE seq <= @rows) s;

INSERT IGNORE INTO customer_word (customer_id, word)
SELECT id, first_name FROM customer WHERE first_name <> ''
UNION ALL SELECT id, last_name FROM customer WHERE last_name <> ''
UNION ALL SELECT id, 'guest' FROM customer WHERE username <> ''
UNION ALL SELECT id, CAST(id AS CHAR) FROM customer WHERE username <> '';
INSERT IGNORE INTO customer_tag (tag_id, customer_id, at)
SELECT 1 + CRC32(CONCAT('t', id)) % 30, id, created_at FROM customer WHERE id % 3 = 0;
INSERT INTO consent (customer_id, purpose, granted, text_id, update_id, via, at)
SELECT id, 1, 1, 1, id, 1, created_at FROM customer;
INSERT INTO consent (customer_id, purpose, granted, text_id, update_id, via, at)
SELECT id, 2, 1, 2, id, 1, created_at FROM customer WHERE marketing_ok = 1;

-- The first discount of each is for following; two more on the average, by chance, from
-- their coming on. Three of ten are redeemed, a thirtieth of these undone.
INSERT INTO discount (id, customer_id, source, issue_key, percent_bp, code, token,
    valid_from, valid_until, uses_count, status, issued_by, store_id, reason, created_at)
SELECT id, customer_id, source, CONCAT(ELT(source, 'sub:', 'bday:', 'hand:'), id),
    ELT(1 + h % 3, 1000, 1500, 2000),
    CONCAT(LPAD(CONV((id * 2654435761) & 35184372088831, 10, 32), 9, '0'), '0'),
    LEFT(REPLACE(REPLACE(TO_BASE64(UNHEX(SHA1(id))), '+', '-'), '/', '_'), 22),
    made, made + INTERVAL 30 DAY, spent AND NOT undone,
    CASE WHEN spent AND NOT undone THEN 2 WHEN made + INTERVAL 30 DAY > @now THEN 1
         WHEN h % 50 = 0 THEN 4 ELSE 3 END,
    IF(source = 3, 11 + h % 75, NULL), IF(source = 3 AND h % 7 = 0, 1 + h % 25, NULL),
    IF(source = 3, 'за терпение', NULL), made
FROM (SELECT s.seq AS id, c.id AS customer_id, CRC32(CONCAT('h', s.seq)) AS h,
             CASE WHEN s.seq <= @rows THEN 1 WHEN CRC32(CONCAT('k', s.seq)) % 10 < 4 THEN 2
                  ELSE 3 END AS source,
             CRC32(CONCAT('u', s.seq)) % 10 < 3
                 AND c.created_at + INTERVAL 3 DAY < @now AS spent,
             CRC32(CONCAT('v', s.seq)) % 30 = 0 AS undone,
             IF(s.seq <= @rows, c.created_at + INTERVAL 60 SECOND,
                c.created_at + INTERVAL FLOOR((TIMESTAMPDIFF(SECOND, c.created_at,
                    @t0 + INTERVAL @span SECOND) * (CRC32(CONCAT('w', s.seq)) / 4294967296)))
                    SECOND) AS made
      FROM seq_1_to_300000000 s
      JOIN customer c ON c.id = IF(s.seq <= @rows, s.seq,
          1 + FLOOR(POW(CRC32(CONCAT('q', s.seq)) / 4294967296, 2) * @rows))
      WHERE s.seq <= 3 * @rows) d;

-- At the till of that day's cashier, a day or two later; the receipt's number is the row's.
INSERT INTO redemption (discount_id, customer_id, uses_allowed, use_no, op_key, staff_id,
    store_id, shift_id, receipt_no, amount, discount_amount, redeemed_at, voided_at,
    voided_by, void_reason)
SELECT id, customer_id, 1, 1, CONCAT('bench:', id), 11 + who, 1 + who % 25,
    1 + who + 75 * LEAST(378, TIMESTAMPDIFF(DAY, @t0, at)), id,
    IF(h % 5 = 0, NULL, 20000 + h % 980000),
    IF(h % 5 = 0, NULL, (20000 + h % 980000) * percent_bp DIV 10000), at,
    IF(undone, at + INTERVAL h % 90 MINUTE, NULL), IF(undone, 2, NULL), IF(undone, 1, NULL)
FROM (SELECT d.id, d.customer_id, d.percent_bp, CRC32(CONCAT('h', d.id)) AS h,
             CRC32(CONCAT('x', d.id)) % 75 AS who,
             LEAST(d.created_at + INTERVAL CRC32(CONCAT('y', d.id)) % 172800 SECOND,
                   @t0 + INTERVAL @span - 7200 SECOND) AS at,
             CRC32(CONCAT('v', d.id)) % 30 = 0 AS undone
      FROM discount d JOIN customer c ON c.id = d.customer_id
      WHERE CRC32(CONCAT('u', d.id)) % 10 < 3
        AND c.created_at + INTERVAL 3 DAY < @now) r;

UPDATE customer c
    JOIN (SELECT customer_id, COUNT(*) AS n,
                 SUM(COALESCE(amount - discount_amount, 0)) AS paid,
                 MAX(redeemed_at) AS latest, MIN(store_id) AS store
          FROM redemption WHERE voided_at IS NULL GROUP BY customer_id) r
        ON r.customer_id = c.id
    SET c.purchases = r.n, c.spent_total = r.paid, c.last_purchase_at = r.latest,
        c.home_store_id = r.store
    WHERE c.status <> 3;

INSERT INTO audit (at, actor, actor_id, action, entity_id)
SELECT created_at, 2, id, 'customer.meet', id FROM customer
UNION ALL SELECT created_at, 2, id, 'customer.subscribe', id FROM customer
    WHERE subscribed_at IS NOT NULL
UNION ALL SELECT LEAST(created_at + INTERVAL 9 DAY, @now), 2, id, 'customer.unsubscribe', id
    FROM customer WHERE subscribed = 0 AND subscribed_at IS NOT NULL
UNION ALL SELECT LEAST(created_at + INTERVAL 40 DAY, @now), 2, id, 'customer.erase', id
    FROM customer WHERE status = 3
UNION ALL SELECT redeemed_at, 1, staff_id, 'discount.redeem', discount_id FROM redemption;
