# What differs from run to run, made the same.
s/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/ID/g
s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g
s/("next_cursor\\?":\\?")[0-9a-f]{8}-/\1KEY-/g
s/("name":"jc"(,"title":"[^"]*")?,"version":")[^"]*/\1VERSION/g
s/("instructions":")[^"]*/\1TEXT/
