DROP TABLE staff_quota;
DROP TABLE discount_deed;
ALTER TABLE redemption_attempt
    DROP KEY ix_redemption_attempt_verdict,
    DROP KEY ix_redemption_attempt_discount,
    DROP KEY ix_redemption_attempt_store;
ALTER TABLE discount
    DROP CONSTRAINT ck_discount_sums,
    ADD KEY ix_discount_by (issued_by),
    ADD KEY ix_discount_store (store_id),
    DROP KEY ix_discount_of_store,
    DROP KEY ix_discount_issuer,
    DROP KEY ix_discount_end,
    DROP KEY ix_discount_source_created,
    DROP KEY ix_discount_status_created,
    DROP KEY ix_discount_created,
    DROP COLUMN max_amount,
    DROP COLUMN min_purchase,
    DROP COLUMN version;
