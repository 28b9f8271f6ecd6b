# How often each feature was started, and how many of these starts were retries.
def init: {features: {}, retries: 0};

def apply($event):
  ($event.data.name // $event.data.feature_name) as $name
  | if $event.event_type == "feature.started" and ($name | type) == "string" then
      .features[$name] += 1
      | if .features[$name] > 1 then .retries += 1 else . end
    else . end;
