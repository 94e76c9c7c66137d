// The edge's way to its origins: counted, failed over, and never rejecting.
import type { BehaviourDeclaration } from '../../core/topology.ts';
import type { HttpAnswer, HttpRequest, Origin } from './message.ts';

/** The origins that behaviours name. */
export interface Origins {
  readonly api: Origin;
  readonly photos: Origin;
}

/** Asks an origin, or two in turn; undefined if there is no answer. */
export type AskOrigins = (
  origin: BehaviourDeclaration['origin'],
  request: HttpRequest,
) => Promise<HttpAnswer | undefined>;

// As the stack's origin group has it: 403 is what S3 says about a missing key without the right to list.
const FAILS_OVER = new Set([403, 404]);

/** Makes the way to the origins, which counts what it asks and tells `onError` of what has no answer. */
export function askOrigins(origins: Origins, onError: (error: unknown) => void) {
  const asked = { api: 0, photos: 0 };

  async function askOne(name: keyof Origins, request: HttpRequest) {
    asked[name]++;
    try {
      return await origins[name](request);
    } catch (error) {
      onError(error);
      return;
    }
  }

  const ask: AskOrigins = async (origin, request) => {
    // OPTIONS would go to the bucket first, too; without CORS rules S3 refuses it, which fails over.
    const readsOnly = request.method === 'GET' || request.method === 'HEAD';
    if (origin === 'api' || !readsOnly) return askOne('api', request);
    const photo = await askOne('photos', request);
    return photo && FAILS_OVER.has(photo.status) ? askOne('api', request) : photo;
  };

  return { ask, asked };
}
