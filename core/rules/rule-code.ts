/** Guard: the request is refused. Codes are stable and never reused. */
export type GuardCode =
  | 'DR101'
  | 'DR102'
  | 'DR103'
  | 'DR104'
  | 'DR105'
  | 'DR106'
  | 'DR107'
  | 'DR108'
  | 'DR109'
  | 'DR110'
  | 'DR111'
  | 'DR112'
  | 'DR113'
  | 'DR114'
  | 'DR115'
  | 'DR116';

/** Repair: the object is mended on its way in. */
export type RepairCode = 'DR201' | 'DR202' | 'DR203' | 'DR204' | 'DR205';

/** Advice: a warning. */
export type AdviceCode = 'DR301' | 'DR302' | 'DR303' | 'DR304' | 'DR305' | 'DR306';

/** Check: found by `kubectl dr check` alone; no change is judged by it. */
export type CheckCode =
  | 'DR401'
  | 'DR402'
  | 'DR403'
  | 'DR404'
  | 'DR405'
  | 'DR406'
  | 'DR407'
  | 'DR408'
  | 'DR409'
  | 'DR410'
  | 'DR411'
  | 'DR412'
  | 'DR413'
  | 'DR414'
  | 'DR415'
  | 'DR420'
  | 'DR425'
  | 'DR426'
  | 'DR427'
  | 'DR428'
  | 'DR429'
  | 'DR430'
  | 'DR431'
  | 'DR432'
  | 'DR433'
  | 'DR434'
  | 'DR435'
  | 'DR436'
  | 'DR437';

export type RuleCode = GuardCode | RepairCode | AdviceCode | CheckCode;
