DROP TABLE stat_gone;
DROP TABLE stat_late;
DROP TABLE stat_day;
DROP TABLE stat_roll;
ALTER TABLE message
    DROP KEY ix_message_state,
    ADD KEY ix_message_state (state, created_at);
ALTER TABLE redemption
    DROP KEY ix_redemption_stat_void,
    DROP KEY ix_redemption_stat;
ALTER TABLE customer
    DROP KEY ix_customer_left_out,
    DROP COLUMN left_out;
