-- How many discounts of each day are in which state (core/loyalty/discount_tally.h), and
-- what the statistics of a period ask of undone redemptions.

-- Of the days (UTC) before discount_tallied.until_day: how many discounts were created on
-- that day and had that status, without the turns that still stand in discount_turn.
-- store_id 0: good at all stores.
CREATE TABLE discount_tally (
    day DATE NOT NULL,
    source TINYINT NOT NULL,
    store_id BIGINT NOT NULL,
    status TINYINT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (day, source, store_id, status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE discount_tallied (
    id TINYINT NOT NULL PRIMARY KEY,
    until_day DATE NOT NULL,
    CONSTRAINT ck_discount_tallied CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO discount_tallied (id, until_day) VALUES (1, '1970-01-01');

-- A discount created on that day changed its status, and is not added up yet.
CREATE TABLE discount_turn (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    day DATE NOT NULL,
    source TINYINT NOT NULL,
    store_id BIGINT NOT NULL,
    was TINYINT NOT NULL,
    became TINYINT NOT NULL,
    at DATETIME(6) NOT NULL,
    taken TINYINT NOT NULL DEFAULT 0,
    KEY ix_discount_turn_day (day, source, store_id, was, became)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE redemption
    DROP KEY ix_redemption_stat_void,
    ADD KEY ix_redemption_stat_void
        (voided_at, id, redeemed_at, discount_id, customer_id, store_id);
