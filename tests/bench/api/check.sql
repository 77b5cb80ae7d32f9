-- Says what is wrong, a line each; nothing when all is as the schema promises.
SELECT 'discounts of nobody' FROM discount d LEFT JOIN customer c ON c.id = d.customer_id
    WHERE c.id IS NULL LIMIT 1;
SELECT 'redemptions of another discount' FROM redemption r
    LEFT JOIN discount d ON d.id = r.discount_id AND d.customer_id = r.customer_id
        AND d.uses_allowed = r.uses_allowed WHERE d.id IS NULL LIMIT 1;
SELECT 'uses that are not counted' FROM discount d
    LEFT JOIN redemption r ON r.discount_id = d.id AND r.voided_at IS NULL
    WHERE d.uses_count <> (r.id IS NOT NULL) LIMIT 1;
SELECT 'redemptions of another shift' FROM redemption r
    LEFT JOIN shift s ON s.id = r.shift_id AND s.staff_id = r.staff_id
        AND s.store_id = r.store_id WHERE s.id IS NULL LIMIT 1;
SELECT 'messages to nobody' FROM message m LEFT JOIN customer c ON c.id = m.customer_id
    WHERE c.id IS NULL LIMIT 1;
SELECT 'consents of nobody' FROM consent x LEFT JOIN customer c ON c.id = x.customer_id
    LEFT JOIN consent_text t ON t.id = x.text_id
    WHERE c.id IS NULL OR t.id IS NULL LIMIT 1;
SELECT 'purchases that differ' FROM customer c
    LEFT JOIN (SELECT customer_id, COUNT(*) AS n FROM redemption WHERE voided_at IS NULL
               GROUP BY customer_id) r ON r.customer_id = c.id
    WHERE c.status <> 3 AND c.purchases <> COALESCE(r.n, 0) LIMIT 1;
SELECT CONCAT('an index is missing: ', table_name) FROM information_schema.statistics
    WHERE table_schema = 'dvorik' AND table_name IN ('message', 'discount')
    GROUP BY table_name HAVING COUNT(DISTINCT index_name) < 6;
