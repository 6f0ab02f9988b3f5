-- 2-D: the average temperature by status, every ten seconds of processing time.
CREATE OR REPLACE STREAM aggregate_stream (
    status VARCHAR(4),
    avg_temp DECIMAL(16,2));

CREATE OR REPLACE PUMP aggregate_pump AS INSERT INTO aggregate_stream
SELECT STREAM status, AVG(current_temp)
FROM clean_iot_stream
GROUP BY status, STEP(CLEAN_IOT_STREAM.ROWTIME BY INTERVAL '10' SECOND);
