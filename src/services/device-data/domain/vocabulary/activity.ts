/** As `vitals.ts`: activity, movement, body and sleep. Sleep stages are times, their value is how long they lasted. */
export const ACTIVITY = `
steps_count | Steps | 55423-8 | {steps} | 0..150000 | interval | sum | StepCount | steps, step_count, StepsRecord
distance_walked | Distance walked or run | | m | 0..1000000 | interval | sum | DistanceWalkingRunning | distance, DistanceRecord
distance_cycling | Distance cycled | | m | 0..1000000 | interval | sum | DistanceCycling |
distance_swimming | Distance swum | 93816-7 | m | 0..200000 | interval | sum | DistanceSwimming |
distance_wheelchair | Distance in a wheelchair | | m | 0..1000000 | interval | sum | DistanceWheelchair |
distance_downhill | Distance on skis or a board downhill | | m | 0..1000000 | interval | sum | DistanceDownhillSnowSports |
distance_cross_country | Distance on cross-country skis | | m | 0..1000000 | interval | sum | DistanceCrossCountrySkiing |
distance_paddle | Distance paddled | | m | 0..1000000 | interval | sum | DistancePaddleSports |
distance_rowing | Distance rowed | | m | 0..1000000 | interval | sum | DistanceRowing |
distance_skating | Distance skated | | m | 0..1000000 | interval | sum | DistanceSkatingSports |
floors_climbed | Floors climbed | 100304-5 | {count} | 0..10000 | interval | sum | FlightsClimbed | flights_climbed, floors, FloorsClimbedRecord
wheelchair_pushes | Pushes of a wheelchair | 96502-0 | {count} | 0..150000 | interval | sum | PushCount | WheelchairPushesRecord
swimming_strokes | Strokes swum | | {count} | 0..100000 | interval | sum | SwimmingStrokeCount |
active_calories | Active energy | 41981-2 | kcal | 0..20000 | interval | sum | ActiveEnergyBurned | active_calories_kcal, active_energy, ActiveCaloriesBurnedRecord
basal_calories | Energy at rest | | kcal | 0..20000 | interval | sum | BasalEnergyBurned | basal_energy, resting_energy
calories_burned | Energy burned in all | | kcal | 0..20000 | interval | sum | | total_calories_kcal, total_calories, TotalCaloriesBurnedRecord
active_minutes | Active minutes | | min | 0..1440 | interval | sum | AppleExerciseTime | active_min, exercise_time
move_minutes | Minutes of movement | | min | 0..1440 | interval | sum | AppleMoveTime |
stand_minutes | Minutes of standing | | min | 0..1440 | interval | sum | AppleStandTime |
exercise_duration | Duration of an exercise | | min | 0..2880 | interval | sum | | workout_duration, ExerciseSessionRecord
exercise_intensity | Intensity of an exercise | | {score} | 0..100 | interval | mean | EstimatedWorkoutEffortScore, WorkoutEffortScore |
physical_effort | Physical effort | | kcal/h/kg | 0..40 | interval | mean | PhysicalEffort |
workout_type | Kind of exercise, told in words | | {note} | 1..1 | text | last | |
vo2_max | Highest oxygen uptake | | mL/min/kg | 5..100 | instant | last | VO2Max | Vo2MaxRecord
anaerobic_threshold | Heart rate at the anaerobic threshold | | /min | 40..250 | instant | last | |
walking_speed | Walking speed | | m/s | 0..10 | interval | mean | WalkingSpeed |
walking_step_length | Length of a step | | m | 0..3 | interval | mean | WalkingStepLength |
walking_asymmetry | Asymmetry of walking | | % | 0..100 | interval | mean | WalkingAsymmetryPercentage |
walking_double_support | Time on both feet | | % | 0..100 | interval | mean | WalkingDoubleSupportPercentage |
walking_steadiness | Steadiness of walking | | % | 0..100 | interval | mean | AppleWalkingSteadiness |
stair_ascent_speed | Speed up stairs | | m/s | 0..5 | interval | mean | StairAscentSpeed |
stair_descent_speed | Speed down stairs | | m/s | 0..5 | interval | mean | StairDescentSpeed |
six_minute_walk | Distance of a six-minute walk | | m | 0..2000 | interval | last | SixMinuteWalkTestDistance |
falls | Falls | | {count} | 0..100 | interval | sum | NumberOfTimesFallen |
running_speed | Running speed | | m/s | 0..15 | interval | mean | RunningSpeed |
running_power | Running power | | W | 0..3000 | interval | mean | RunningPower |
running_ground_contact | Time on the ground of a stride | | ms | 0..2000 | interval | mean | RunningGroundContactTime |
running_stride_length | Length of a stride | | m | 0..5 | interval | mean | RunningStrideLength |
running_oscillation | Up and down of a stride | | cm | 0..50 | interval | mean | RunningVerticalOscillation |
cycling_cadence | Cadence | | /min | 0..300 | interval | mean | CyclingCadence | cadence
cycling_power | Cycling power | | W | 0..4000 | interval | mean | CyclingPower | power, PowerRecord
cycling_threshold_power | Threshold power | | W | 0..1000 | instant | last | CyclingFunctionalThresholdPower |
cycling_speed | Cycling speed | | m/s | 0..50 | interval | mean | CyclingSpeed |
speed | Speed | | m/s | 0..120 | interval | mean | CrossCountrySkiingSpeed, PaddleSportsSpeed, RowingSpeed | SpeedRecord
underwater_depth | Depth under water | | m | 0..400 | interval | mean | UnderwaterDepth |
water_temperature | Temperature of the water | | Cel | -5..60 | interval | mean | WaterTemperature |
recovery_score | Recovery score of the maker | | {score} | 0..100 | instant | last | |
strain_score | Strain score of the maker | | {score} | 0..100 | instant | last | | strain
readiness_score | Readiness score of the maker | | {score} | 0..100 | instant | last | |
activity_score | Activity score of the maker | | {score} | 0..100 | instant | last | |
body_battery | Energy score of the maker | | {score} | 0..100 | instant | last | |
stress_score | Stress score of the maker | | {score} | 0..100 | instant | mean | |
hrv_balance | Heart rate variability against the own usual | | {z} | -5..5 | instant | last | |
body_weight | Weight | 29463-7 | kg | 0.3..650 | instant | last | BodyMass | weight, WeightRecord
height | Height | 8302-2 | cm | 30..272 | instant | last | Height | HeightRecord
body_mass_index | Body mass index | 39156-5 | kg/m2 | 8..150 | instant | last | BodyMassIndex | bmi
body_fat_percentage | Body fat | 41982-0 | % | 2..75 | instant | last | BodyFatPercentage | body_fat, BodyFatRecord
lean_mass | Lean mass | 91557-9 | kg | 0.3..300 | instant | last | LeanBodyMass | lean_body_mass, LeanBodyMassRecord
muscle_mass | Muscle mass | | kg | 0.1..200 | instant | last | |
bone_mass | Bone mass | | kg | 0.1..10 | instant | last | | BoneMassRecord
water_percentage | Water in the body | | % | 10..90 | instant | last | | body_water
visceral_fat | Visceral fat rating | | {score} | 0..60 | instant | last | |
body_composition | Body composition, told in words | | {note} | 1..1 | text | last | |
waist_circumference | Waist | 8280-0 | cm | 30..300 | instant | last | WaistCircumference |
sleep_in_bed | In bed | | min | 0..1440 | interval | sum | | InBed, sleep_awake_in_bed
sleep_asleep | Asleep, stage not told | | min | 0..1440 | interval | sum | | Asleep, AsleepUnspecified
light_sleep | Light sleep | | min | 0..1440 | interval | sum | | light_sleep_min, sleep_light, AsleepCore
deep_sleep | Deep sleep | | min | 0..1440 | interval | sum | | deep_sleep_min, sleep_deep, AsleepDeep
rem_sleep | REM sleep | | min | 0..1440 | interval | sum | | rem_sleep_min, sleep_rem, AsleepREM
sleep_wake_time | Awake in the night | | min | 0..1440 | interval | sum | | Awake, sleep_awake, waso
sleep_duration | Sleep of a night | 93832-4 | min | 0..1440 | interval | sum | | sleep_duration_min, total_sleep, SleepSessionRecord
sleep_efficiency | Sleep efficiency | | % | 0..100 | interval | last | | sleep_efficiency_pct
sleep_latency | Minutes until asleep | | min | 0..720 | interval | last | | sleep_latency_min
sleep_quality | Sleep quality | | % | 0..100 | interval | last | |
sleep_score | Sleep score of the maker | | {score} | 0..100 | interval | last | |
sleep_stages | Sleep stages, told in words | | {note} | 1..1 | text | last | |
`
