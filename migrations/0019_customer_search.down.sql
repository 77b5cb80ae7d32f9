ALTER TABLE message DROP KEY ix_message_story;
ALTER TABLE consent DROP KEY ix_consent_story;
ALTER TABLE discount DROP KEY ix_discount_story;
DROP TABLE customer_tag;
DROP TABLE tag;
DROP TABLE customer_word;
ALTER TABLE customer
    DROP FOREIGN KEY fk_customer_home;
ALTER TABLE customer
    DROP KEY ix_customer_tail,
    DROP KEY ix_customer_barred,
    DROP KEY ix_customer_source,
    DROP KEY ix_customer_home,
    DROP KEY ix_customer_bought,
    DROP KEY ix_customer_spent,
    DROP COLUMN phone_tail,
    DROP COLUMN notes,
    DROP COLUMN barred_at,
    DROP COLUMN home_store_id,
    DROP COLUMN last_purchase_at,
    DROP COLUMN spent_total,
    DROP COLUMN purchases;
