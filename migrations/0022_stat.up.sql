-- Figures of the shop by day (core/stat.h), and the indexes that find the facts of a day.

-- Who is in no statistics: 1 works here or did, 2 a test account.
ALTER TABLE customer
    ADD COLUMN left_out TINYINT NOT NULL DEFAULT 0,
    ADD KEY ix_customer_left_out (left_out, id);
UPDATE customer c
    JOIN staff s ON s.channel = c.channel AND s.external_id = c.external_id
    SET c.left_out = 1;

ALTER TABLE redemption
    ADD KEY ix_redemption_stat (redeemed_at, id),
    ADD KEY ix_redemption_stat_void (voided_at, id);
ALTER TABLE message
    DROP KEY ix_message_state,
    ADD KEY ix_message_state (state, created_at, customer_id);

-- Which days are rolled up, and between which moments: a change of the zone moves them.
CREATE TABLE stat_roll (
    day DATE NOT NULL PRIMARY KEY,
    from_at DATETIME(6) NOT NULL,
    until_at DATETIME(6) NOT NULL,
    rolled_at DATETIME(6) NOT NULL,
    KEY ix_stat_roll_rolled (rolled_at, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- cut: 1 the whole day, 2 by store, 3 by store and source, 4 by store and staff; what a
-- cut does not tell apart is 0, and so is what belongs to none. No foreign keys: 0.
CREATE TABLE stat_day (
    cut TINYINT NOT NULL,
    day DATE NOT NULL,
    store_id BIGINT NOT NULL,
    source TINYINT NOT NULL,
    staff_id BIGINT NOT NULL,
    new_customers BIGINT NOT NULL,
    erased BIGINT NOT NULL,
    subscribed BIGINT NOT NULL,
    unsubscribed BIGINT NOT NULL,
    withdrawn BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    expired BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    voided BIGINT NOT NULL,
    purchases BIGINT NOT NULL,
    purchase_amount BIGINT NOT NULL,
    discount_amount BIGINT NOT NULL,
    messages_sent BIGINT NOT NULL,
    messages_failed BIGINT NOT NULL,
    messages_skipped BIGINT NOT NULL,
    messages_unknown BIGINT NOT NULL,
    PRIMARY KEY (cut, day, store_id, source, staff_id),
    CONSTRAINT ck_stat_day_cut CHECK (cut BETWEEN 1 AND 4)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Moments whose day must be counted once more. Not unique: two who write down the same
-- moment must not wait for one another.
CREATE TABLE stat_late (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(6) NOT NULL,
    noted_at DATETIME(6) NOT NULL,
    KEY ix_stat_late_at (at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Messages made before that moment may be deleted: days that were rolled up with them
-- keep their figures.
CREATE TABLE stat_gone (
    id TINYINT NOT NULL PRIMARY KEY,
    messages_until DATETIME(6) NOT NULL,
    CONSTRAINT ck_stat_gone CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO stat_gone (id, messages_until) VALUES (1, '1970-01-01 00:00:00');
