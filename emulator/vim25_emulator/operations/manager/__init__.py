"""Methods of ServiceInstance and of managers: tasks, events, alarms, options, licenses."""
