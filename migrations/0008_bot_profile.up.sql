-- What each bot was told last of itself: its descriptions and commands, as a digest.

CREATE TABLE bot_profile (
    bot VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    digest BINARY(32) NOT NULL,
    told_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
