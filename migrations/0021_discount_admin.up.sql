-- Discounts and redemptions as the admin API lists, changes and counts them.

-- version: raised by whatever changes it, but for holds. min_purchase, max_amount:
-- kopecks; NULL: none. An index of a list ends in the id; ix_discount_created holds what
-- the statistics of a period count.
ALTER TABLE discount
    ADD COLUMN version INT NOT NULL DEFAULT 1,
    ADD COLUMN min_purchase BIGINT NULL,
    ADD COLUMN max_amount BIGINT NULL,
    ADD KEY ix_discount_created
        (created_at, id, source, status, valid_until, store_id),
    ADD KEY ix_discount_status_created (status, created_at, id),
    ADD KEY ix_discount_source_created (source, created_at, id),
    ADD KEY ix_discount_end (valid_until, id),
    ADD KEY ix_discount_issuer (issued_by, created_at, id),
    ADD KEY ix_discount_of_store (store_id, created_at, id),
    DROP KEY ix_discount_by,
    DROP KEY ix_discount_store,
    ADD CONSTRAINT ck_discount_sums CHECK
        (COALESCE(min_purchase, 1) > 0 AND COALESCE(max_amount, 1) > 0);

ALTER TABLE redemption_attempt
    ADD KEY ix_redemption_attempt_store (store_id, at),
    ADD KEY ix_redemption_attempt_discount (discount_id, at),
    ADD KEY ix_redemption_attempt_verdict (verdict, at);

-- What was done to a discount by hand, in the words of who did it. what: enum
-- discount_deed. until_was, until_is: of one that was extended.
CREATE TABLE discount_deed (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    discount_id BIGINT NOT NULL,
    what TINYINT NOT NULL,
    staff_id BIGINT NOT NULL,
    reason VARCHAR(255) NULL,
    until_was DATETIME(6) NULL,
    until_is DATETIME(6) NULL,
    at DATETIME(6) NOT NULL,
    KEY ix_discount_deed (discount_id, id),
    KEY ix_discount_deed_staff (staff_id),
    CONSTRAINT fk_discount_deed FOREIGN KEY (discount_id) REFERENCES discount (id),
    CONSTRAINT fk_discount_deed_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- How often somebody of the shop did on one day what may be done a few times a day.
CREATE TABLE staff_quota (
    staff_id BIGINT NOT NULL,
    what TINYINT NOT NULL,
    day DATE NOT NULL,
    n INT NOT NULL,
    PRIMARY KEY (staff_id, what, day),
    KEY ix_staff_quota_day (day),
    CONSTRAINT fk_staff_quota FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
