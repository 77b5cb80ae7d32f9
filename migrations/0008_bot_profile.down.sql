DROP TABLE bot_profile;
