# The app with its weights baked in, on two CPU cores or more:
#   docker build -t semantic-face-editor . && docker run --rm -p 127.0.0.1:7860:7860 semantic-face-editor
# For an NVIDIA GPU, with PyTorch's default builds, which bring several gigabytes of CUDA:
#   docker build --build-arg TORCH_INDEX=https://pypi.org/simple -t semantic-face-editor:cuda .
#   docker run --rm --gpus all -p 127.0.0.1:7860:7860 semantic-face-editor:cuda
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH EDITOR_CACHE=/weights

# PyTorch's CPU builds are preferred where that index has them: 2.15.0+cpu is newer than 2.15.0 to pip.
COPY requirements.txt .
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url $TORCH_INDEX -r requirements.txt

# What is fetched depends on the manifest and on the code that fetches, so that no other change of the code fetches it again.
COPY weights/manifest.toml weights/manifest.toml
COPY editor/__init__.py editor/errors.py editor/
COPY editor/files editor/files
COPY editor/weights editor/weights
RUN python -c "from editor.weights import WeightStore; store = WeightStore(); [store.path(name) for name in ('mobilestylegan-ffhq', 'efficientnet-lite0')]"

COPY . .
RUN pip install --no-cache-dir --no-deps .

FROM python:3.12-slim
RUN useradd --create-home editor
WORKDIR /home/editor
ENV PATH=/venv/bin:$PATH EDITOR_CACHE=/weights PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build --chown=editor /weights /weights
COPY --from=build /venv /venv
USER editor
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"
CMD ["face-editor", "serve", "--host", "0.0.0.0"]
