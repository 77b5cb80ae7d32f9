DROP TABLE suspicion;
ALTER TABLE redemption_attempt DROP COLUMN member;
ALTER TABLE redemption DROP COLUMN unverified;
ALTER TABLE discount DROP FOREIGN KEY fk_discount_store;
ALTER TABLE discount
    DROP KEY ix_discount_store, DROP COLUMN store_id, DROP COLUMN hold_amount,
    DROP COLUMN hold_member;
ALTER TABLE customer DROP COLUMN member_seen_at;
ALTER TABLE store DROP COLUMN amount_mode;
