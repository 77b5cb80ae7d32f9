-- Customers found fast among a million, tagged, and told of by staff.
--
-- purchases, spent_total (what they paid, kopecks) and last_purchase_at follow the rows
-- of redemption that were not undone, in the transaction of each; 1970 says never.
-- home_store_id: chosen, else where they bought first. barred_at: the shop gives them no
-- discounts and no advertising. notes are staff's words.
ALTER TABLE customer
    ADD COLUMN purchases INT NOT NULL DEFAULT 0,
    ADD COLUMN spent_total BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN last_purchase_at DATETIME(6) NOT NULL DEFAULT '1970-01-01 00:00:00',
    ADD COLUMN home_store_id BIGINT NULL,
    ADD COLUMN barred_at DATETIME(6) NULL,
    ADD COLUMN notes VARCHAR(2000) NOT NULL DEFAULT '',
    ADD COLUMN phone_tail CHAR(4) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (RIGHT(phone, 4)) STORED;
ALTER TABLE customer
    ADD KEY ix_customer_spent (spent_total, id),
    ADD KEY ix_customer_bought (last_purchase_at, id),
    ADD KEY ix_customer_home (home_store_id, id),
    ADD KEY ix_customer_source (source, id),
    ADD KEY ix_customer_barred (barred_at, id),
    ADD KEY ix_customer_tail (phone_tail, id),
    ADD CONSTRAINT fk_customer_home FOREIGN KEY (home_store_id) REFERENCES store (id);

UPDATE customer c
    JOIN (SELECT customer_id, COUNT(*) AS n,
                 SUM(COALESCE(amount - discount_amount, 0)) AS paid,
                 MAX(redeemed_at) AS latest, MIN(id) AS first_one
          FROM redemption WHERE voided_at IS NULL GROUP BY customer_id) r
        ON r.customer_id = c.id
    JOIN redemption f ON f.id = r.first_one
    SET c.purchases = r.n, c.spent_total = r.paid, c.last_purchase_at = r.latest,
        c.home_store_id = f.store_id
    WHERE c.status <> 3;

-- The words of their names, each once, compared as people compare them: И is и, Ё is е.
CREATE TABLE customer_word (
    customer_id BIGINT NOT NULL,
    word VARCHAR(64) NOT NULL,
    PRIMARY KEY (customer_id, word),
    KEY ix_customer_word (word, customer_id),
    CONSTRAINT fk_customer_word FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

INSERT IGNORE INTO customer_word (customer_id, word)
    SELECT w.id, w.word FROM (
        SELECT c.id, SUBSTRING_INDEX(SUBSTRING_INDEX(c.said, ' ', n.n), ' ', -1) AS word
        FROM (SELECT id, REGEXP_REPLACE(
                         CONCAT_WS(' ', first_name, last_name, name, username),
                         '[\\x01-\\x2F\\x3A-\\x40\\x5B-\\x60\\x7B-\\x7F]+', ' ')
                         AS said
              FROM customer WHERE status <> 3) c
        JOIN (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
              UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7
              UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10
              UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13
              UNION ALL SELECT 14 UNION ALL SELECT 15 UNION ALL SELECT 16) n) w
    WHERE w.word <> '';

-- A tag that is removed is gone at once; what pointed to it goes slice by slice.
CREATE TABLE tag (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(40) NOT NULL,
    made_at DATETIME(6) NOT NULL,
    made_by BIGINT NULL,
    UNIQUE KEY uq_tag_name (name),
    KEY ix_tag_by (made_by),
    CONSTRAINT fk_tag_by FOREIGN KEY (made_by) REFERENCES staff (id),
    CONSTRAINT ck_tag_name CHECK (name <> '')
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

CREATE TABLE customer_tag (
    tag_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (tag_id, customer_id),
    KEY ix_customer_tag (customer_id, tag_id),
    CONSTRAINT fk_customer_tag FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What happened to one customer, newest first.
ALTER TABLE discount ADD KEY ix_discount_story (customer_id, created_at, id);
ALTER TABLE consent ADD KEY ix_consent_story (customer_id, at, id);
ALTER TABLE message ADD KEY ix_message_story (customer_id, created_at, id);
