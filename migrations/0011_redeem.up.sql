-- Amounts and subscription on a card at the till, discounts of one store, and what looks
-- like fraud.

-- How the sum of a purchase is asked: 0 as the setting amount_mode says, 1 not at all,
-- 2 if the cashier likes, 3 always.
ALTER TABLE store ADD COLUMN amount_mode TINYINT NOT NULL DEFAULT 0;

-- When we last knew whether they follow the channel.
ALTER TABLE customer ADD COLUMN member_seen_at DATETIME(6) NULL;

-- hold_amount: of the open card, kopecks; -1 it must be entered and was not yet; NULL it
-- need not be. hold_member: 1 the channel was asked and has not answered, 2 it said yes,
-- 3 no; NULL it was not asked. Both belong to hold_token and mean nothing without it.
ALTER TABLE discount
    ADD COLUMN store_id BIGINT NULL,
    ADD COLUMN hold_amount BIGINT NULL,
    ADD COLUMN hold_member TINYINT NULL,
    ADD KEY ix_discount_store (store_id),
    ADD CONSTRAINT fk_discount_store FOREIGN KEY (store_id) REFERENCES store (id);

-- unverified: redeemed before the channel had answered.
ALTER TABLE redemption ADD COLUMN unverified TINYINT NOT NULL DEFAULT 0;
ALTER TABLE redemption_attempt ADD COLUMN member TINYINT NOT NULL DEFAULT 0;

-- rule: its name in core/loyalty/suspicion.c. One row a rule, subject and hour. seen_at:
-- somebody looked at it.
CREATE TABLE suspicion (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(6) NOT NULL,
    rule VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    staff_id BIGINT NULL,
    customer_id BIGINT NULL,
    store_id BIGINT NULL,
    redemption_id BIGINT NULL,
    n INT NOT NULL,
    seen_at DATETIME(6) NULL,
    seen_by BIGINT NULL,
    KEY ix_suspicion_at (at),
    KEY ix_suspicion_staff (staff_id, at),
    KEY ix_suspicion_customer (customer_id),
    KEY ix_suspicion_store (store_id, at),
    KEY ix_suspicion_redemption (redemption_id),
    KEY ix_suspicion_seen (seen_by),
    CONSTRAINT fk_suspicion_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT fk_suspicion_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT fk_suspicion_store FOREIGN KEY (store_id) REFERENCES store (id),
    CONSTRAINT fk_suspicion_redemption FOREIGN KEY (redemption_id)
        REFERENCES redemption (id),
    CONSTRAINT fk_suspicion_seen FOREIGN KEY (seen_by) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
