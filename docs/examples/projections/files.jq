# Which files each agent changed, in the order of their first change, and how often.
def init: {agents: {}};

def changes_files: . == "Edit" or . == "Write" or . == "MultiEdit" or . == "NotebookEdit";

def apply($event):
  ($event.data.tool_input.file_path? // null) as $file
  | if $event.event_type == "agent.tool.completed" and ($event.data.tool_name | changes_files)
        and ($file | type) == "string" then
      .agents[$event.agent_id // "unknown"][$file] += 1
    else . end;
