-- 2-E: the same by the time at which the readings were taken; late ones give a row of their own.
CREATE OR REPLACE STREAM aggregate_event_time_stream (
    event_timestamp TIMESTAMP,
    status VARCHAR(4),
    avg_temp DECIMAL(16,2));

CREATE OR REPLACE PUMP event_time_pump AS INSERT INTO aggregate_event_time_stream
SELECT STREAM STEP(event_timestamp BY INTERVAL '10' SECOND),
    status,
    AVG(current_temp)
FROM clean_iot_stream
GROUP BY status,
    STEP(clean_iot_stream.event_timestamp BY INTERVAL '10' SECOND),
    STEP(clean_iot_stream.ROWTIME BY INTERVAL '10' SECOND);
