"""Operations on ServiceInstance and on managers: tasks, events, alarms, options, licenses, files."""
