/** @jsxImportSource preact */
/** The fields of the load in the start form: users or arrivals, as they are or to begin a capacity search with. */
import type { StartModel } from "../model/start_model.ts";
import { Field } from "./field.tsx";

/** *Users* or *Arrivals per second*, and the fields of the one that is chosen. */
export function LoadFields({ model }: { readonly model: StartModel }) {
  const { fields, shapeDecides } = model;
  const isOpen = fields.value.rate !== undefined;
  const isSearch = fields.value.slo !== undefined && !shapeDecides.value;
  return (
    <>
      {!shapeDecides.value && (
        <fieldset class="load-kind">
          <legend>Load</legend>
          {([["users", "Users"], ["rate", "Arrivals per second"]] as const).map(([load, label]) => (
            <label key={load}>
              <input
                type="radio"
                name="load"
                value={load}
                checked={isOpen === (load === "rate")}
                onChange={() => model.chooseLoad(load)}
              />
              {label}
            </label>
          ))}
          <label>
            <input
              type="checkbox"
              name="search"
              checked={isSearch}
              onChange={() => model.chooseAim(isSearch ? "load" : "capacity")}
            />
            Search for the capacity
          </label>
        </fieldset>
      )}
      {isOpen && !shapeDecides.value ? <RateFields model={model} /> : <UserFields model={model} />}
      {isSearch && <SloField model={model} />}
    </>
  );
}

function SloField({ model: { fields, problems, change } }: { readonly model: StartModel }) {
  return (
    <Field
      label="Conditions for the system (SLO)"
      name="slo"
      hint="p99<300ms, failures<1%; separate several scopes by a semicolon: GET /items: p95<200ms"
      value={fields.value.slo ?? ""}
      problem={problems.value["slo"]}
      onInput={(value) => change("slo", value)}
    />
  );
}

function RateFields({ model: { fields, problems, change } }: { readonly model: StartModel }) {
  const isSearch = fields.value.slo !== undefined;
  return (
    <>
      <Field
        label={isSearch ? "Arrival rate to begin with" : "Arrival rate of the whole test"}
        name="rate"
        hint={isSearch
          ? "50/s, or 50/s poisson: arrivals by chance"
          : "50/s, 10/m, or stages: 1m:50/s, 5m:200/s, 30s:0"}
        value={fields.value.rate ?? ""}
        hasFocus
        problem={problems.value["rate"]}
        onInput={(value) => change("rate", value)}
      />
      <Field
        label="Users at most"
        name="maxUsers"
        inputMode="numeric"
        placeholder="1000"
        hint="So many serve arrivals at a time; arrivals that find none wait, or are dropped"
        value={fields.value.maxUsers}
        problem={problems.value["maxUsers"]}
        onInput={(value) => change("maxUsers", value)}
      />
    </>
  );
}

function UserFields({ model }: { readonly model: StartModel }) {
  const { fields, problems, shapeDecides, areUsersAsked } = model;
  const isSearch = fields.value.slo !== undefined && !shapeDecides.value;
  return (
    <div class="field-pair">
      <Field
        label={isSearch ? "Number of users to begin with" : "Number of users (peak concurrency)"}
        name="users"
        inputMode="numeric"
        value={areUsersAsked.value ? fields.value.users : ""}
        isDisabled={!areUsersAsked.value}
        hasFocus
        problem={problems.value["users"]}
        onInput={(value) => model.change("users", value)}
      />
      {!isSearch && (
        <Field
          label="Ramp up (users started/second)"
          name="spawnRate"
          inputMode="decimal"
          value={areUsersAsked.value ? fields.value.spawnRate : ""}
          isDisabled={!areUsersAsked.value}
          problem={problems.value["spawnRate"]}
          onInput={(value) => model.change("spawnRate", value)}
        />
      )}
    </div>
  );
}
