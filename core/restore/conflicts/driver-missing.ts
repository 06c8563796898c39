import { nameOf } from '../object-name.ts';
import type { VolumeRule } from './volume-rule.ts';

/** A volume of a driver that no node has binds, and is never mounted. Where drivers cannot be read, a warning says so. */
export const driverMissing: VolumeRule = ({ wanted: { volume }, target }) => {
  const driver = volume.spec?.csi?.driver;
  if (!driver || !target.drivers.known || target.drivers.value.has(driver)) return undefined;
  return {
    object: nameOf(volume),
    fact: `its driver ${driver} is not registered on ${target.site.name}: no CSIDriver is called so, and no CSINode lists it`,
    next: `install the driver, and see it with ${target.site.kubectl} get csidrivers,csinodes`,
  };
};
