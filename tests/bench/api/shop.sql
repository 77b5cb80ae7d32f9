-- The shop: 25 stores, 75 cashiers, an owner, a manager, tags, consent texts, shifts.
-- @t0 is the first moment, @span how many seconds it all takes.
SET @t0 = UTC_DATE() - INTERVAL 365 DAY, @span = 379 * 86400;

INSERT INTO store (id, name, city, address, hours, created_at)
SELECT seq, CONCAT('Двор № ', seq), ELT(1 + seq % 4, 'Владивосток', 'Находка',
       'Уссурийск', 'Артём'), CONCAT('Светланская, ', seq), '', @t0 FROM seq_1_to_25;

INSERT INTO staff (id, channel, external_id, name, role, created_at)
VALUES (1, 1, 10001, 'Ольга', 1, @t0), (2, 1, 10002, 'Мария', 5, @t0);
INSERT INTO staff (id, channel, external_id, name, role, created_at)
SELECT 10 + seq, 1, 10010 + seq, CONCAT('Кассир ', seq), 7, @t0 FROM seq_1_to_75;
INSERT INTO staff_store (staff_id, store_id)
SELECT 10 + seq, 1 + (seq - 1) % 25 FROM seq_1_to_75;
INSERT INTO staff_store (staff_id, store_id) VALUES (2, 1), (2, 2);
INSERT INTO admin_account (staff_id, created_at) VALUES (1, @t0), (2, @t0);

-- One shift a cashier and day: 75 * day + cashier.
INSERT INTO shift (id, staff_id, store_id, opened_at, closed_at)
SELECT seq, 11 + (seq - 1) % 75, 1 + (seq - 1) % 25,
       @t0 + INTERVAL (seq - 1) DIV 75 DAY, @t0 + INTERVAL (seq - 1) DIV 75 DAY + INTERVAL 12 HOUR
FROM seq_1_to_28425;

INSERT INTO consent_text (id, purpose, language, version, body, body_sha256, published_at)
VALUES (1, 1, 'ru', 1, 'Согласие', UNHEX(SHA2('Согласие', 256)), @t0),
       (2, 2, 'ru', 1, 'Реклама', UNHEX(SHA2('Реклама', 256)), @t0);
INSERT INTO tag (id, name, made_at) SELECT seq, CONCAT('метка ', seq), @t0 FROM seq_1_to_30;
