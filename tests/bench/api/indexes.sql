-- A line a table: what drops its secondary indexes, and what makes them again.
SET SESSION group_concat_max_len = 65536;
SELECT CONCAT('ALTER TABLE ', table_name, ' ',
              GROUP_CONCAT(CONCAT('DROP KEY ', index_name) SEPARATOR ', '), ';'),
       CONCAT('ALTER TABLE ', table_name, ' ',
              GROUP_CONCAT(CONCAT('ADD ', IF(non_unique, '', 'UNIQUE '), 'KEY ',
                                  index_name, ' (', cols, ')') SEPARATOR ', '), ';')
FROM (SELECT table_name, index_name, non_unique,
             GROUP_CONCAT(column_name ORDER BY seq_in_index) AS cols
      FROM information_schema.statistics
      WHERE table_schema = 'dvorik' AND index_name <> 'PRIMARY'
        AND table_name IN ('customer', 'customer_word', 'customer_tag', 'discount',
                           'redemption', 'message', 'audit', 'consent')
      GROUP BY table_name, index_name, non_unique) i
GROUP BY table_name
ORDER BY FIELD(table_name, 'message', 'discount') DESC, table_name;
