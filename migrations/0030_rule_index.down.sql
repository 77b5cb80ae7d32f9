ALTER TABLE message
    DROP KEY ix_message_received,
    DROP KEY ix_message_story,
    ADD KEY ix_message_customer (customer_id, id),
    ADD KEY ix_message_story (customer_id, created_at, id);
ALTER TABLE redemption
    DROP KEY ix_redemption_customer,
    DROP KEY ix_redemption_stat,
    ADD KEY ix_redemption_customer (customer_id, redeemed_at),
    ADD KEY ix_redemption_stat (redeemed_at, id);
