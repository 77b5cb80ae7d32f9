-- Rules that look at rows (core/segment) are counted from indexes alone: purchases of all,
-- in the order of customers or of time; who was told something, and when. What somebody
-- was sent of late (the cap of a broadcast) is read off ix_message_story alone.

ALTER TABLE redemption
    DROP KEY ix_redemption_customer,
    DROP KEY ix_redemption_stat,
    ADD KEY ix_redemption_customer
        (customer_id, redeemed_at, voided_at, store_id, amount, discount_amount),
    ADD KEY ix_redemption_stat
        (redeemed_at, id, customer_id, voided_at, store_id, amount, discount_amount);
ALTER TABLE message
    DROP KEY ix_message_customer,
    DROP KEY ix_message_story,
    ADD KEY ix_message_story (customer_id, created_at, id, purpose, state, root),
    ADD KEY ix_message_received (purpose, state, sent_at, customer_id);
