"""When it happened: dates, clocks, ranges, repetitions and how long it has gone on."""
