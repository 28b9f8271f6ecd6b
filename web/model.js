// @ts-check
/* What the page knows and shows: one object, made anew for every frame from what the modules hold, and given
 * to every view. Views only read it; what a person does goes through `Actions`. Types only: no code here.
 *
 * Data keeps the keys that it has on the wire (docs/API.md, docs/PROJECTIONS.md). Times that the page computes
 * with are microseconds of UTC in a Number (exact until the year 2255), named *_us. */

/**
 * An event's line.
 * @typedef {{position: number, id: string, workflow_id: string, sequence: number, timestamp: string,
 *   event_type: string, agent_id?: string, correlation_id?: string, causation_id?: string,
 *   data: Record<string, any>, hash: string}} Event
 */

/**
 * What all events of the workflow are, in columns (columns.js): at(sequence - 1). `types` and the others hold
 * indexes into `type_names` and so on; -1 is absent.
 * @typedef {{count: number, times_us: Float64Array, types: Int32Array, agents: Int32Array, correlations: Int32Array,
 *   type_names: string[], agent_names: string[], correlation_names: string[]}} Columns
 */

/**
 * The states of the projections at the point, as `jc state` prints them; see docs/PROJECTIONS.md.
 * @typedef {{workflow: any, agents: any, notes: any, mailbox: any, timings: any}} States
 */

/**
 * A span of the timeline (the projection `timeline`), with its times read.
 * @typedef {{id: string, parent_id?: string, kind: string, name: string, agent_id?: string, started_us: number,
 *   ended_us: number | null, status: string, sequence: number, key?: string}} Span
 */

/** @typedef {{key: string, kind: string, severity: 'bad' | 'warn', sequence: number, at: string, agent_id?: string,
 *   title: string, text: string}} Attention */

/**
 * One workflow of the sidebar, as GET /api/workflows gives it.
 * @typedef {{workflow_id: string, name?: string, events: number, first_at: string, last_at: string, last_position: number,
 *   status?: string, phase?: string, features_completed: number, features_total: number, features: string[],
 *   cost_usd?: number, agents: number, agents_active: string[], attention: {count: number, severity?: 'bad' | 'warn'}}} Workflow
 */

/**
 * What changed between two points (marks.js): keys are `feature:NAME`, `agent:ID`, `note:ID`, `message:CORRELATION`,
 * `metric:NAME` (status, phase, progress, cost, tokens), `attention:KEY`. `summary` is what to say of it: "2 notes", "+$0.33".
 * @typedef {{keys: Set<string>, summary: string[]}} Marks
 */

/** @typedef {{q: string, agents: string[], kinds: string[], types: string[], correlation: string | null}} Filters */

/**
 * @typedef {object} Model
 * @property {string | null} workflow_id
 * @property {'overview' | 'timeline' | 'events' | 'notes' | 'trace'} view
 * @property {'light' | 'dark'} theme
 * @property {Workflow[]} workflows
 * @property {'loading' | 'ready' | 'failed'} workflows_state  of that list
 * @property {string} workflows_problem  what failed
 * @property {string} sidebar_filter    words that the listed workflows hold
 * @property {string | null} copied_at  when this copy of the page was made; null: it has a server
 * @property {'connecting' | 'live' | 'behind' | 'reconnecting' | 'failed'} connection  of the stream
 * @property {number} position          up to which the stream has told
 * @property {{state: 'unknown' | 'checking' | 'intact' | 'damaged' | 'failed', sequence: number, text: string}} verification
 * @property {'loading' | 'ready' | 'missing' | 'failed'} loading  of the workflow that is shown
 * @property {string} problem           what failed, when loading is 'failed'
 * @property {Columns} columns          the same object for the life of a workflow: look at its count
 * @property {Events} events            those that are loaded
 * @property {number} head              sequence of the last event
 * @property {number} point             sequence of the point: everything shown is as of it
 * @property {boolean} live             the point follows the head
 * @property {number} as_of_us          the time "now" for what is shown: the point's, or the clock's when live
 * @property {Event | null} event       the event at the point, once it is loaded
 * @property {States | null} states     at the point; null until they are there
 * @property {boolean} stale            the states are those shown before: those of the point are on their way
 * @property {Attention[]} attention    at the point
 * @property {Span[]} spans             of the whole workflow, sorted by start; the same array until it changes
 * @property {Map<string, string>} hues  an agent's colour: the name of a CSS variable (hues.js)
 * @property {Map<string, string>} parent_of  a subagent's parent, of the whole workflow
 * @property {number} spans_revision    rises when the array, or a span in it, changed
 * @property {number | null} since      sequence that `marks` compare the point with; null: nothing is marked
 * @property {number | null} compare    sequence of the pin A; then since is it
 * @property {Marks} marks
 * @property {Filters} filters
 * @property {Search} search
 * @property {string | null} correlation  that the trace view shows
 * @property {Trace | null} trace       of that correlation, once it is loaded
 * @property {{playing: boolean, speed: number}} player
 * @property {[number, number] | null} zoom   what the big timeline shows, in microseconds of folded time (axis.js); null: all
 * @property {string | null} note_category  that the notes view shows; null: all
 * @property {boolean} detail_open      the sheet with the event's detail, on phones
 * @property {boolean} help_open
 * @property {boolean} sidebar_open     the drawer, on phones
 * @property {{text: string, serial: number} | null} toast
 */

/** @typedef {{get(sequence: number): Event | undefined, by_id(id: string): Event | undefined, revision: number}} Events */

/** @typedef {{state: 'idle' | 'loading' | 'ready' | 'failed', sequences: Int32Array | null, excerpts: Map<number, string>,
 *   more: boolean, problem: string}} Search  what was found for filters.q in this workflow, ascending */

/** @typedef {{state: 'loading' | 'ready' | 'missing' | 'failed', correlation_id: string,
 *   events: {event: Event, depth: number, parent: number, offset_us: number}[]}} Trace  in tree order; parent is an index, -1 a root */

/**
 * What a person can do. Nothing else changes the model.
 * @typedef {object} Actions
 * @property {(sequence: number, drag?: 'begin' | 'move' | 'end') => void} go   move the point; without `drag` one step of its own
 * @property {() => void} go_live
 * @property {(count: number) => void} step
 * @property {(direction: -1 | 1) => void} milestone
 * @property {() => void} play          or pause
 * @property {() => void} next_speed
 * @property {(view: Model['view']) => void} show
 * @property {(workflow_id: string) => void} open
 * @property {(patch: Partial<Filters>) => void} filter
 * @property {() => void} compare_toggle
 * @property {(correlation: string) => void} show_trace
 * @property {(window: [number, number] | null) => void} zoom
 * @property {(category: string | null) => void} note_category
 * @property {(from: number, to: number) => void} want   load these events; `events.revision` rises when they are there
 * @property {(text: string, what: string) => void} copy  and say so
 * @property {() => void} copy_link
 * @property {(note: {title: string, content?: string, category?: string, causation_id?: string}) => Promise<boolean>} add_note
 * @property {(message: {to_agent: string, content: string, priority?: string}) => Promise<boolean>} send_message
 * @property {() => void} verify
 * @property {() => void} export_page   the same page in one file, with the events in it
 * @property {() => void} theme_toggle
 * @property {(open: boolean) => void} detail
 * @property {(open: boolean) => void} help
 * @property {(open: boolean) => void} sidebar
 * @property {(text: string) => void} sidebar_search
 * @property {() => void} retry         read the workflow anew, after it failed
 * @property {(text: string) => void} toast
 */

export {};
